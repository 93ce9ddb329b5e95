#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/workspace/EnvFile.h"
#include "core/workspace/EnvSecrets.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using namespace rollcall::workspace;

class EnvFileTest final : public QObject
{
    Q_OBJECT

private:
    static QByteArray value(const DotEnv &env, const char *name)
    {
        const auto *found = env.find(name);
        return found ? found->view().toByteArray() : QByteArrayLiteral("<unset>");
    }
    static QList<QByteArray> secretsOf(const EnvImport &import)
    {
        QList<QByteArray> list;
        for (const auto &secret : import.secrets.authSecrets)
            list << secret.view().toByteArray();
        return list;
    }

    static QByteArrayList variablesOf(session::AuthVersion version, const DotEnv &env)
    {
        QByteArrayList names;
        const auto secrets = environmentSecrets(version, env);
        for (const EnvSecret &secret : secrets.value())
            names << secret.variable;
        return names;
    }

private Q_SLOTS:
    void readsAsDotenvDoes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *text, const char *expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("plain", "A=b", "b");
        row("blanks", "  A =  b c  \n", "b c");
        row("export", "export A=b", "b");
        row("a variable named export", "export=x\nA=b", "b");
        row("carriage returns", "X=1\r\nA=b\r\n", "b");
        row("byte order mark",
            "\xEF\xBB\xBF"
            "A=b",
            "b");
        row("comment line", "# A=x\nA=b", "b");
        row("comment behind", "A=b # c", "b");
        row("hash inside", "A=b#c", "b");
        row("hash in quotes", "A=\"b#c\"", "b#c");
        row("single quotes", "A='b\\nc'", "b\\nc");
        row("double quotes with escapes", "A=\"b\\nc\"", "b\nc");
        row("several lines", "A=\"b\nc\"\nX=1", "b\nc");
        row("backticks", "A=`b \"'c`", "b \"'c");
        row("unclosed quote", "A=\"b\nX=1", "\"b");
        row("escaped quote stays escaped", "A=\"b\\\"c\"", "b\\\"c");
        row("empty", "A=\nX=1", "");
        row("last one counts", "A=b\nA=c", "c");
        row("expansion", "B=x\nA=${B}y", "xy");
        row("expansion without braces", "B=x\nA=$B-y", "x-y");
        row("expansion backwards", "A=$B\nB=x", "x");
        row("expansion in single quotes too", "B=x\nA='$B'", "x");
        row("default", "A=${B:-z}", "z");
        row("default not needed", "B=x\nA=${B:-z}", "x");
        row("unknown is empty", "A=a${B}c", "ac");
        row("escaped dollar", "A=a\\$B", "a$B");
        row("lone dollar", "A=a$", "a$");
        row("nested", "C=1\nB=$C$C\nA=$B", "11");
        row("colon form", "A: b", "b");
    }
    void readsAsDotenvDoes()
    {
        QFETCH(QByteArray, text);
        const auto env = DotEnv::parse(text, QStringLiteral(".env"));
        QVERIFY(env);
        QTEST(value(*env, "A"), "expected");
    }

    void aVariableThatNamesItselfEnds()
    {
        QVERIFY(DotEnv::parse("A=${A}x", QStringLiteral(".env")));
        QVERIFY(DotEnv::parse("A=$B$B\nB=$A$A", QStringLiteral(".env")));
    }

    void refusesWhatIsNoEnvironmentFile()
    {
        const auto binary = importEnv(QByteArray("A=b\nX\0Y", 7), QStringLiteral("x.env"));
        QVERIFY(!binary);
        QCOMPARE(binary.error().code, base::ErrorCode::FileFormatInvalid);
        QCOMPARE(binary.error().param(base::ErrorParam::Line), QStringLiteral("2"));
        const auto prose = importEnv("\n<html>\n</html>", QStringLiteral("x.env"));
        QVERIFY(!prose);
        QCOMPARE(prose.error().param(base::ErrorParam::Line), QStringLiteral("2"));
        QCOMPARE(importEnvFile(QStringLiteral("/nowhere/.env")).error().code, base::ErrorCode::FileUnreadable);
        QCOMPARE(importEnvFile(QStringLiteral("/tmp")).error().code, base::ErrorCode::FileUnreadable);
        QVERIFY(importEnv("", QStringLiteral("x.env")));
    }

    void takesTheSecretsThatTheLibrariesTake_data()
    {
        QTest::addColumn<QJsonObject>("vector");
        QFile file(test::dataFile(QStringLiteral("vectors/env.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray cases = QJsonDocument::fromJson(file.readAll()).object().value(u"cases").toArray();
        QVERIFY(cases.size() >= 20);
        for (const QJsonValue &vector : cases)
            QTest::newRow(qPrintable(vector[u"id"].toString())) << vector.toObject();
    }
    void takesTheSecretsThatTheLibrariesTake()
    {
        QFETCH(QJsonObject, vector);
        QByteArray text = "NOTHING=x\n";
        const QJsonObject variables = vector.value(u"env").toObject();
        for (auto it = variables.begin(); it != variables.end(); ++it)
            text += it.key().toUtf8() + "='" + it.value().toString().toUtf8() + "'\n";
        const auto env = DotEnv::parse(text, QStringLiteral(".env"));
        QVERIFY(env);
        const auto valuesOf = [&](session::AuthVersion version) {
            QJsonArray values;
            const auto secrets = environmentSecrets(version, *env);
            for (const EnvSecret &secret : secrets.value())
                values.append(QString::fromUtf8(secret.value.view()));
            return values;
        };
        const QJsonObject expected = vector.value(u"expected").toObject();
        const QJsonValue v4 = expected.value(u"v4").toObject().value(u"secret");
        QCOMPARE(valuesOf(session::AuthVersion::V4), v4.isNull() ? QJsonArray() : QJsonArray{v4});
        QCOMPARE(valuesOf(session::AuthVersion::V5), expected.value(u"v5").toObject().value(u"secrets").toArray());
    }

    void anEmptyAuthSecretHidesTheOthers()
    {
        const auto env = DotEnv::parse("AUTH_SECRET=\nNEXTAUTH_SECRET=n\nAUTH_SECRET_1=one\nAUTH_SECRET_3=three", {});
        QVERIFY(env);
        QCOMPARE(variablesOf(session::AuthVersion::V5, *env), (QByteArrayList{"AUTH_SECRET_3", "AUTH_SECRET_1"}));
        QCOMPARE(variablesOf(session::AuthVersion::V4, *env), QByteArrayList{"NEXTAUTH_SECRET"});
    }

    void readsBetterAuthsRotation()
    {
        const auto import = importEnv("BETTER_AUTH_SECRETS=\" 2:new , 1:a:b \"\nBETTER_AUTH_SECRET=legacy\n"
                                      "AUTH_SECRET=\nBETTER_AUTH_URL=https://shop.test",
                                      {});
        QVERIFY(import);
        QCOMPARE(import->profile.versionHint, std::optional(session::AuthVersion::BetterAuth));
        QCOMPARE(secretsOf(*import), (QList<QByteArray>{"new", "a:b", "legacy"}));
        const auto env = DotEnv::parse("BETTER_AUTH_SECRETS=1:x\nBETTER_AUTH_SECRET=y", {});
        QCOMPARE(variablesOf(session::AuthVersion::BetterAuth, *env),
                 (QByteArrayList{"BETTER_AUTH_SECRETS", "BETTER_AUTH_SECRET"}));
    }

    void tellsOfAMalformedRotation()
    {
        const auto import = importEnv("BETTER_AUTH_SECRETS=hush", {});
        QVERIFY(import);
        QVERIFY(secretsOf(*import).isEmpty());
        const QString notes = import->warnings.join(u' ');
        QVERIFY2(notes.contains(u"BETTER_AUTH_SECRETS is not used: an entry is not <version>:<secret>"),
                 qPrintable(notes));
        QVERIFY(!notes.contains(u"hush"));
    }

    void fillsAProfile()
    {
        const auto import = importEnv("DATABASE_URL=postgresql://ada:pw@db.test:5432/shop\n"
                                      "NEXTAUTH_SECRET=n\nNEXTAUTH_URL=https://shop.test/store/auth/\n"
                                      "UPSTASH_REDIS_REST_URL=https://eu.upstash.test\nUPSTASH_REDIS_REST_TOKEN=t0k\n",
                                      QStringLiteral("/app/.env"));
        QVERIFY(import);
        QCOMPARE(import->profile.database, QStringLiteral("postgresql://ada@db.test:5432/shop"));
        QCOMPARE(import->secrets.databaseUrl.view().toByteArray(), QByteArray("postgresql://ada:pw@db.test:5432/shop"));
        QCOMPARE(import->profile.baseUrl, QStringLiteral("https://shop.test"));
        QCOMPARE(import->profile.basePath, QStringLiteral("/store/auth"));
        QCOMPARE(import->profile.versionHint, std::optional(session::AuthVersion::V4));
        QVERIFY(!import->profile.version);
        QCOMPARE(import->profile.cache, QStringLiteral("upstash:https://eu.upstash.test"));
        QCOMPARE(import->secrets.cacheUrl.view().toByteArray(),
                 QByteArray("upstash:https://default:t0k@eu.upstash.test"));
        QCOMPARE(secretsOf(*import), QList<QByteArray>{"n"});
        for (const QString &note : import->notes)
            QVERIFY2(!note.contains(u"pw") && !note.contains(u"t0k"), qPrintable(note));
    }

    void keepsTheOtherLibrarysSecretBehind()
    {
        const auto import = importEnv("AUTH_SECRET=a\nNEXTAUTH_SECRET=n\nAUTH_SECRET_1=one", {});
        QVERIFY(import);
        QCOMPARE(secretsOf(*import), (QList<QByteArray>{"a", "n"}));
        QVERIFY(import->warnings.join(u' ').contains(u"AUTH_SECRET_1 is not read"));
        QVERIFY(import->warnings.join(u' ').contains(u"NEXTAUTH_SECRET differs from AUTH_SECRET"));
        // Each library with its own.
        const auto readBy = [&import](session::AuthVersion version) {
            const auto secrets = import->secrets.secretsFor(version);
            return secrets.size() == 1 ? secrets.front().view().toByteArray() : QByteArray();
        };
        QCOMPARE(readBy(session::AuthVersion::V5), QByteArray("a"));
        QCOMPARE(readBy(session::AuthVersion::V4), QByteArray("n"));
        QCOMPARE(readBy(session::AuthVersion::BetterAuth), QByteArray("a"));
    }

    void choosesTheDatabaseByOrder_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("database");
        QTest::newRow("first") << QByteArray("POSTGRES_URL=postgres://b/b\nDATABASE_URL=postgres://a/a")
                               << QStringLiteral("postgres://a/a");
        QTest::newRow("empty is none") << QByteArray("DATABASE_URL=\nPOSTGRES_URL=postgres://b/b")
                                       << QStringLiteral("postgres://b/b");
        QTest::newRow("prisma") << QByteArray("POSTGRES_PRISMA_URL=postgres://c/c\nDIRECT_URL=postgres://d/d")
                                << QStringLiteral("postgres://c/c");
        QTest::newRow("direct") << QByteArray("DIRECT_URL=postgres://d/d") << QStringLiteral("postgres://d/d");
        QTest::newRow("relative file") << QByteArray("DATABASE_URL=file:./dev.db?connection_limit=1")
                                       << QStringLiteral("file:/app/dev.db?connection_limit=1");
        QTest::newRow("relative sqlite") << QByteArray("DATABASE_URL=sqlite:data/a?b.db")
                                         << QStringLiteral("sqlite:/app/data/a?b.db");
        QTest::newRow("absolute file") << QByteArray("DATABASE_URL=file:/var/x.db") << QStringLiteral("file:/var/x.db");
    }
    void choosesTheDatabaseByOrder()
    {
        QFETCH(QByteArray, text);
        const auto import = importEnv(text, QStringLiteral("/app/.env"));
        QVERIFY(import);
        QTEST(import->profile.database, "database");
    }
};

QTEST_GUILESS_MAIN(EnvFileTest)
#include "tst_EnvFile.moc"
