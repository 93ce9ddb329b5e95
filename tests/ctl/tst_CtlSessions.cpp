#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestPaths.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

namespace {

/// The moment for which the fixtures state what is live: 2026-06-15T12:00:00Z.
const QStringList fixtureNow{QStringLiteral("--now"), QStringLiteral("1781524800")};
const QString fixture = QStringLiteral("prisma-adapter-sqlite");

QJsonObject expected(const QString &name)
{
    QFile file(rollcall::test::dataFile(QStringLiteral("fixtures/expected.json")));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QJsonDocument::fromJson(file.readAll())
        .object()
        .value(QStringLiteral("fixtures"))
        .toObject()
        .value(name)
        .toObject();
}

QByteArray fingerprint(const QString &token)
{
    return QCryptographicHash::hash(token.toUtf8(), QCryptographicHash::Sha256).toHex().first(16);
}

/// Every token of the fixture: none may ever be shown.
void hideTokens(CtlProcess &ctl, const QString &name)
{
    for (const char *list : {"live_sessions", "expired_sessions"}) {
        const QJsonArray sessions = expected(name).value(QLatin1StringView(list)).toArray();
        for (const QJsonValue &session : sessions)
            ctl.neverShow(session.toObject().value(QStringLiteral("token")).toString().toUtf8());
    }
}

QSet<QByteArray> fingerprintsIn(const QJsonArray &sessions)
{
    QSet<QByteArray> result;
    for (const QJsonValue &session : sessions)
        result << session.toObject().value(QStringLiteral("fingerprint")).toString().toLatin1();
    return result;
}

QJsonArray sessionsIn(const CtlResult &result)
{
    return result.json().value(QStringLiteral("sessions")).toArray();
}

QString onlyId(const SqliteDatabase &database, const QString &token)
{
    return database.value(QStringLiteral("SELECT id FROM Session WHERE sessionToken = '%1'").arg(token))
        .value_or(QString());
}

const QString firstToken = QStringLiteral("5e551000-0000-4000-8000-000000000001"); // ada's, live

} // namespace

/// `schema detect` and `sessions list|stats|revoke`, on databases that real adapters made.
class CtlSessionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aUserWhoIsNobodyIsSaid()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const auto list = [&](const char *more) {
            return ctl.run(words("sessions list --database") << database.url() << fixtureNow << words(more));
        };
        const CtlResult alike = list("--user ADA@Example.com");
        QVERIFY2(alike.exitCode == 0 && sessionsIn(alike).isEmpty(), alike.all().constData());
        QVERIFY2(alike.err.contains("no session of ADA@Example.com matches") &&
                     alike.err.contains("did you mean ada@example.com (id "),
                 alike.all().constData());
        const CtlResult nobody = list("--user zed");
        QVERIFY2(nobody.exitCode == 0 && nobody.err.contains("There is no such user"), nobody.all().constData());
        const CtlResult ended = list("--user ada@example.com --expires-before 2001-01-01T00:00:00Z");
        QVERIFY2(ended.err.contains("There is such a user") && ended.err.contains("Only live sessions"),
                 ended.all().constData());
        // Who has sessions, and a list of nobody in particular, need no word.
        for (const char *quiet : {"--user ada@example.com", "--search zed"})
            QVERIFY2(!list(quiet).err.contains("no session of"), quiet);
    }

    void adapters_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"prisma-adapter-sqlite", "prisma-adapter-sqlite-epochms", "drizzle-adapter-sqlite",
                                 "kysely-adapter-sqlite", "typeorm-adapter-sqlite", "sequelize-adapter-sqlite",
                                 "mikro-orm-adapter-sqlite", "d1-adapter-sqlite"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void adapters()
    {
        QFETCH(QString, name);
        const SqliteDatabase database(name);
        const QJsonObject facts = expected(name);
        CtlProcess ctl;
        hideTokens(ctl, name);

        const CtlResult schema = ctl.run(words("schema detect --database") << database.url());
        QVERIFY2(schema.exitCode == 0, schema.all().constData());
        const QJsonObject sessions = schema.json().value(QStringLiteral("sessions")).toObject();
        QCOMPARE(sessions.value(QStringLiteral("columns")).toObject().value(QStringLiteral("token")),
                 facts.value(QStringLiteral("token_column")));
        for (const char *key : {"database", "profile", "confidence", "users", "accounts", "indexes", "warnings"})
            QVERIFY2(schema.json().contains(QLatin1StringView(key)), key);

        const CtlResult list = ctl.run(words("sessions list --database") << database.url() << fixtureNow);
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QSet<QByteArray> live;
        const QJsonArray liveSessions = facts.value(QStringLiteral("live_sessions")).toArray();
        for (const QJsonValue &session : liveSessions) {
            if (!session.toObject().value(QStringLiteral("orphan")).toBool())
                live << fingerprint(session.toObject().value(QStringLiteral("token")).toString());
        }
        QCOMPARE(fingerprintsIn(sessionsIn(list)), live);
        QVERIFY(list.json().contains(QStringLiteral("next")) && list.json().value(QStringLiteral("next")).isNull());

        const CtlResult stats = ctl.run(words("sessions stats --database") << database.url() << fixtureNow);
        QVERIFY2(stats.exitCode == 0, stats.all().constData());
        QCOMPARE(stats.json().value(QStringLiteral("live")).toInt(), int(live.size()));
        for (const char *key : {"expired", "orphan", "activeUsers", "byProvider", "expiring", "estimated"})
            QVERIFY2(stats.json().contains(QLatin1StringView(key)), key);
        QCOMPARE(stats.json().value(QStringLiteral("expiring")).toObject().keys(),
                 (QStringList{QStringLiteral("1h"), QStringLiteral("24h"), QStringLiteral("7d")}));
    }

    void filters_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<int>("count");
        QTest::newRow("all") << words("--state all") << 12;
        QTest::newRow("expired") << words("--state expired") << 4;
        QTest::newRow("orphan") << words("--state orphan") << 0;
        QTest::newRow("user") << words("--user ada@example.com") << 3;
        QTest::newRow("nobody") << words("--user nobody@example.com") << 0;
        QTest::newRow("provider") << words("--provider discord") << 2;
        QTest::newRow("search name") << words("--search ada") << 3;
        QTest::newRow("search is plain text") << words("--search %") << 0;
        QTest::newRow("search a quote") << words("--search O'Brien") << 1;
        QTest::newRow("before is exclusive") << words("--expires-before 2026-06-15T12:20:00.000Z") << 1;
        QTest::newRow("after is inclusive") << words("--expires-after 2026-06-15T12:20:00.000Z") << 7;
        QTest::newRow("relative") << words("--expires-before +1h") << 2;
    }

    void filters()
    {
        QFETCH(QStringList, flags);
        QFETCH(int, count);
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult result = ctl.run(words("sessions list --database") << database.url() << fixtureNow << flags);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(sessionsIn(result).size(), count);
    }

    void pages()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const QStringList base = words("sessions list --state all --limit 5 --database")
                                 << database.url() << fixtureNow;
        QSet<QByteArray> seen;
        QString cursor;
        int pages = 0;
        do {
            const CtlResult page =
                ctl.run(cursor.isEmpty() ? base : base + QStringList{QStringLiteral("--after=") + cursor});
            QVERIFY2(page.exitCode == 0, page.all().constData());
            seen.unite(fingerprintsIn(sessionsIn(page)));
            cursor = page.json().value(QStringLiteral("next")).toString();
            ++pages;
        } while (!cursor.isEmpty() && pages < 10);
        QCOMPARE(pages, 3);
        QCOMPARE(seen.size(), 12);

        const CtlResult first = ctl.run(base);
        const QString next = first.json().value(QStringLiteral("next")).toString();
        for (const QStringList &wrong : {QStringList{QStringLiteral("--after=nonsense")},
                                         QStringList{QStringLiteral("--after=") + next, QStringLiteral("--desc")},
                                         QStringList{QStringLiteral("--after=") + next.left(next.size() / 2)}}) {
            const CtlResult refused = ctl.run(base + wrong);
            QVERIFY2(refused.exitCode == 2 && refused.errorCode() == QStringLiteral("CursorInvalid"),
                     refused.all().constData());
        }
    }

    void order()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        const QStringList base = words("sessions list --state all --database") << database.url() << fixtureNow;
        const QJsonArray up = sessionsIn(ctl.run(base));
        const QJsonArray down = sessionsIn(ctl.run(base + QStringList{QStringLiteral("--desc")}));
        QCOMPARE(up.size(), 12);
        for (qsizetype i = 1; i < up.size(); ++i)
            QVERIFY(up.at(i - 1).toObject().value(QStringLiteral("expires")).toString() <=
                    up.at(i).toObject().value(QStringLiteral("expires")).toString());
        QCOMPARE(up.first(), down.last());
    }

    void formats()
    {
        const SqliteDatabase database(fixture);
        // Names come from strangers: a formula, and control characters that would act on a terminal.
        database.exec(QStringLiteral("UPDATE User SET name = '=cmd()' WHERE email = 'ada@example.com'"));
        database.exec(QStringLiteral(
            "UPDATE User SET name = 'x' || char(27) || '[31m' || char(10) || 'y' WHERE email = 'ben@example.com'"));
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const QStringList base = words("sessions list --database") << database.url() << fixtureNow;

        const CtlResult ndjson = ctl.run(base + words("--format ndjson"));
        const auto lines = ndjson.lines();
        QCOMPARE(lines.size(), size_t(9));
        QCOMPARE(lines.back().keys(), QStringList{QStringLiteral("next")});

        const CtlResult csv = ctl.run(base + words("--format csv"));
        QVERIFY2(csv.out.startsWith(
                     "id,fingerprint,userId,name,email,providers,expires,state,createdAt,ipAddress,userAgent\n"),
                 csv.all().constData());
        QVERIFY2(csv.out.contains(",'=cmd(),") && csv.out.contains("github;google"), csv.all().constData());

        const CtlResult table = ctl.run(base + words("--format table"));
        QVERIFY2(table.out.contains("x\\u001b[31m\\ny") && !table.out.contains('\033'), table.all().constData());
        // Taro's name is written in characters of double width: the next column stands where it does for Ada.
        const QString text = QString::fromUtf8(table.out);
        const auto before = [&text](const QString &email) {
            return text.section(email, 0, 0).section(QLatin1Char('\n'), -1);
        };
        QCOMPARE(before(QStringLiteral("taro@example.com")).size() + 4,
                 before(QStringLiteral("ada@example.com")).size());
        QCOMPARE(table.out.count('\n'), 1 + 8 + 1);
    }

    void schemaMapCanBeGiven()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        const CtlResult detected = ctl.run(words("schema detect --database") << database.url());
        const QString map = ctl.writeFile(QStringLiteral("map.json"), detected.out);
        const CtlResult list = ctl.run(words("sessions list --map")
                                       << map << QStringLiteral("--database") << database.url() << fixtureNow);
        QVERIFY2(list.exitCode == 0 && sessionsIn(list).size() == 8, list.all().constData());
        const QString broken = ctl.writeFile(QStringLiteral("broken.json"), "{\"sessions\":7}");
        const CtlResult refused =
            ctl.run(words("sessions list --map") << broken << QStringLiteral("--database") << database.url());
        QVERIFY2(refused.exitCode == 2 && refused.errorCode() == QStringLiteral("FileFormatInvalid"),
                 refused.all().constData());
        const QString unsure =
            ctl.writeFile(QStringLiteral("unsure.json"), "{\"database\":{},\"candidates\":[" + detected.out + "]}");
        const CtlResult whole =
            ctl.run(words("sessions list --map") << unsure << QStringLiteral("--database") << database.url());
        QVERIFY2(whole.exitCode == 2 && whole.err.contains("one of its candidates"), whole.all().constData());
    }

    void nothingIsWrittenWithoutConsent_data()
    {
        QTest::addColumn<QStringList>("flags");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("no consent") << words("--all --state all") << 4;
        QTest::newRow("read-only") << words("--all --state all --yes --read-only") << 4;
        QTest::newRow("dry run") << words("--all --state all --dry-run") << 0;
        QTest::newRow("dry run with consent") << words("--all --state all --dry-run --yes") << 0;
        QTest::newRow("dry run, read-only") << words("--all --state all --dry-run --read-only") << 0;
        QTest::newRow("dry run, fixed clock") << words("--all --dry-run --now 1781524800") << 0;
        QTest::newRow("too many") << words("--all --state all --yes --max 3") << 4;
        QTest::newRow("no deployment to verify at") << words("--all --state all --yes --verify") << 2;
        QTest::newRow("nobody's") << words("--session nobody --yes") << 1;
        QTest::newRow("nothing matches") << words("--user nobody@example.com --yes") << 0;
    }

    void nothingIsWrittenWithoutConsent()
    {
        QFETCH(QStringList, flags);
        QFETCH(int, exitCode);
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult result = ctl.run(words("sessions revoke --database") << database.url() << flags);
        QVERIFY2(result.exitCode == exitCode, result.all().constData());
        QCOMPARE(database.count(QStringLiteral("Session")), 12);
        if (exitCode < 2)
            QVERIFY2(result.json().value(QStringLiteral("revoked")).toInt(-1) == 0, result.all().constData());
    }

    void withoutKeysNothingIsWritten()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        ctl.unsetEnvironment(QStringLiteral("ROLLCALL_KEY_FILE"));
        const CtlResult result = ctl.run(words("sessions revoke --all --state all --yes --database") << database.url());
        QVERIFY2(result.exitCode == 4 && result.errorCode() == QStringLiteral("NoKeyStore"), result.all().constData());
        QCOMPARE(database.count(QStringLiteral("Session")), 12);
        QVERIFY(QFile::exists(database.path()));
    }

    void dryRunTellsThePlan()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult result =
            ctl.run(words("sessions revoke --all --dry-run --database") << database.url() << fixtureNow);
        const QJsonObject answer = result.json();
        QCOMPARE(answer.value(QStringLiteral("matched")).toInt(), 8);
        QCOMPARE(answer.value(QStringLiteral("revoked")).toInt(), 0);
        QVERIFY(answer.contains(QStringLiteral("auditId")) && answer.value(QStringLiteral("auditId")).isNull());
        QVERIFY(!QFile::exists(ctl.folder() + QStringLiteral("/data/rollcall/audit.ndjson")));
        QVERIFY(answer.value(QStringLiteral("users")).toInt() > 1);
        // A sample as `sessions list` shows them, the statement with fingerprints in place of tokens.
        const QJsonArray sample = answer.value(QStringLiteral("sample")).toArray();
        QCOMPARE(sample.size(), 8);
        QVERIFY(sample.first().toObject().value(QStringLiteral("email")).toString().contains(u'@'));
        const QString mask = sample.first().toObject().value(QStringLiteral("fingerprint")).toString();
        const QString statement = answer.value(QStringLiteral("statements")).toArray().first().toString();
        QVERIFY2(statement.startsWith(answer.value(QStringLiteral("statement")).toString()) &&
                     statement.contains(QStringLiteral("‹%1 %2›").arg(mask.first(4), mask.sliced(4, 4))),
                 result.all().constData());
        // No cache is named, and nobody said who asks.
        QCOMPARE(answer.value(QStringLiteral("cacheKeys")).toArray(), QJsonArray());
        QVERIFY(answer.value(QStringLiteral("window")).toString().contains(u"the deployment's next look"));
        QVERIFY(answer.contains(QStringLiteral("ownSessions")) && answer.value(QStringLiteral("ownSessions")).isNull());
    }

    void dryRunSaysWhichAreOnesOwn()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const QString id =
            database.value(QStringLiteral("SELECT id FROM User WHERE email = 'ada@example.com'")).value_or(QString());
        for (const QString &own : {QStringLiteral("Ada@example.com"), id}) {
            const QStringList flags{QStringLiteral("--own-user"), own, QStringLiteral("--database"), database.url()};
            const QStringList dry = words("sessions revoke --state all --dry-run --user");
            const CtlResult mine = ctl.run(dry + QStringList{QStringLiteral("ada@example.com")} + flags);
            QVERIFY2(mine.json().value(QStringLiteral("ownSessions")).toInt() == 4, mine.all().constData());
            const CtlResult others = ctl.run(dry + QStringList{QStringLiteral("ben@example.com")} + flags);
            QVERIFY2(others.json().value(QStringLiteral("ownSessions")).toInt(-1) == 0, others.all().constData());
            QVERIFY2(!others.err.contains("--own-user"), others.all().constData());
        }
        const CtlResult nobody =
            ctl.run(words("sessions revoke --state all --dry-run --all --own-user adda@example.com "
                          "--database")
                    << database.url());
        QVERIFY2(nobody.exitCode == 0 && nobody.err.contains("no user is called adda@example.com (--own-user)"),
                 nobody.all().constData());
        // A saved connection remembers it, and names keys of the cache with fingerprints in place of tokens.
        const CtlResult added =
            ctl.run(words("connections add shop --own-user ada@example.com --cache redis://127.0.0.1:1 --cache-keys "
                          "shop:{token} --cache-keys shop:{sha256}:v1 --database")
                    << database.url());
        QVERIFY2(added.exitCode == 0, added.all().constData());
        const CtlResult saved = ctl.run(words("sessions revoke --all --state all --dry-run --connection shop"));
        QCOMPARE(saved.json().value(QStringLiteral("ownSessions")).toInt(), 4);
        const QJsonArray keys = saved.json().value(QStringLiteral("cacheKeys")).toArray();
        QCOMPARE(keys.size(), 6);
        QVERIFY2(keys.at(0).toString().startsWith(u"shop:‹") && keys.at(1).toString().endsWith(u"›:v1"),
                 saved.all().constData());
    }

    void revokesOneById()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const QString id = onlyId(database, firstToken);
        const CtlResult result =
            ctl.run(words("sessions revoke --yes --session") << id << QStringLiteral("--reason=left the company")
                                                             << QStringLiteral("--database") << database.url());
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonObject answer = result.json();
        QCOMPARE(answer.value(QStringLiteral("matched")).toInt(), 1);
        QCOMPARE(answer.value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(answer.value(QStringLiteral("skipped")).toInt(), 0);
        QCOMPARE(answer.value(QStringLiteral("batches")).toInt(), 1);
        QVERIFY(answer.value(QStringLiteral("verification")).isNull());
        QCOMPARE(database.count(QStringLiteral("Session")), 11);
        QVERIFY(onlyId(database, firstToken).isEmpty());

        const CtlResult audit = ctl.run(words("audit list"));
        const QJsonArray entries = audit.json().value(QStringLiteral("entries")).toArray();
        QCOMPARE(entries.size(), 2);
        for (const QJsonValue &value : entries) {
            const QJsonObject entry = value.toObject();
            QCOMPARE(entry.value(QStringLiteral("operation")), answer.value(QStringLiteral("auditId")));
            QCOMPARE(entry.value(QStringLiteral("reason")).toString(), QStringLiteral("left the company"));
        }
        QCOMPARE(entries.at(0).toObject().value(QStringLiteral("phase")).toString(), QStringLiteral("intent"));
        QCOMPARE(entries.at(1).toObject().value(QStringLiteral("phase")).toString(), QStringLiteral("outcome"));
        const CtlResult verify = ctl.run(words("audit verify"));
        QVERIFY2(verify.exitCode == 0 && verify.json().value(QStringLiteral("ok")).toBool(), verify.all().constData());
        QCOMPARE(verify.json().value(QStringLiteral("entries")).toInt(), 2);
    }

    void revokesByFingerprintAndSaysWhatItCosts()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult result =
            ctl.run(words("sessions revoke --yes --session")
                    << QString::fromLatin1(fingerprint(firstToken)) << QStringLiteral("--session=nobody")
                    << QStringLiteral("--database") << database.url());
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("revoked")).toInt(), 1);
        QCOMPARE(result.json().value(QStringLiteral("unmatched")).toArray(), QJsonArray{QStringLiteral("nobody")});
        QVERIFY2(result.err.contains("reads the whole table"), result.all().constData());
        QCOMPARE(database.count(QStringLiteral("Session")), 11);
    }

    void revokesAllOfAUser()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult result =
            ctl.run(words("sessions revoke --yes --state all --user ada@example.com --batch-size 2 --database")
                    << database.url());
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("revoked")).toInt(), 4);
        QCOMPARE(result.json().value(QStringLiteral("batches")).toInt(), 2);
        QCOMPARE(database.count(QStringLiteral("Session")), 8);
    }

    void revokesTheUsersOfAFile()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const QStringList base = words("sessions revoke --yes --state all --database")
                                 << database.url() << QStringLiteral("--users-file");
        const CtlResult nobody = ctl.run(base + QStringList{ctl.writeFile(QStringLiteral("nobody"), "\n \n")});
        QVERIFY2(nobody.exitCode == 2, nobody.all().constData());
        QCOMPARE(database.count(QStringLiteral("Session")), 12);
        const QString id =
            database.value(QStringLiteral("SELECT id FROM User WHERE email = 'ben@example.com'")).value_or(QString());
        // The same user twice, by id and by e-mail, and somebody who is not there.
        const QString users = ctl.writeFile(QStringLiteral("users"), "ada@example.com\r\n" + id.toUtf8() +
                                                                         "\nben@example.com\nghost@example.com\n");
        const CtlResult result = ctl.run(base + QStringList{users});
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("revoked")).toInt(), 6);
        QCOMPARE(result.json().value(QStringLiteral("unmatched")).toArray(),
                 QJsonArray{QStringLiteral("ghost@example.com")});
        QCOMPARE(database.count(QStringLiteral("Session")), 6);
    }

    void keepsTheNewest()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        hideTokens(ctl, fixture);
        const CtlResult plan =
            ctl.run(words("sessions revoke --dry-run --keep-newest 1 --database") << database.url() << fixtureNow);
        QCOMPARE(plan.json().value(QStringLiteral("matched")).toInt(), 3); // ada has three live sessions, taro two
        const CtlResult result =
            ctl.run(words("sessions revoke --yes --state all --keep-newest 1 --max 6 --database") << database.url());
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("revoked")).toInt(), 6); // twelve sessions of six users
        const QString newest =
            QStringLiteral("5e551000-0000-4000-8000-000000000012"); // created last, though not the last to end
        QVERIFY2(!onlyId(database, newest).isEmpty(), "ada's newest is gone");
        QCOMPARE(database.value(QStringLiteral("SELECT count(DISTINCT userId) FROM Session")), QStringLiteral("6"));
        QCOMPARE(database.count(QStringLiteral("Session")), 6);
    }

    void productionWantsItsName()
    {
        const SqliteDatabase database(fixture);
        CtlProcess ctl;
        QCOMPARE(ctl.run(words("connections add shop --production --database") << database.url()).exitCode, 0);
        const QStringList base = words("sessions revoke --all --state all --yes --connection shop");
        for (const QStringList &confirm : {QStringList(), words("--confirm shops")}) {
            const CtlResult refused = ctl.run(base + confirm);
            QVERIFY2(refused.exitCode == 4 && refused.errorCode() == QStringLiteral("ConfirmationMissing"),
                     refused.all().constData());
        }
        QCOMPARE(database.count(QStringLiteral("Session")), 12);
        const CtlResult done = ctl.run(base + words("--confirm shop"));
        QVERIFY2(done.exitCode == 0, done.all().constData());
        QCOMPARE(database.count(QStringLiteral("Session")), 0);
    }

    void jwtDeploymentsHaveNoRows()
    {
        CtlProcess ctl;
        const QString secret = ctl.writeFile(QStringLiteral("secret"), "a-secret-of-a-jwt-deployment\n");
        ctl.neverShow("a-secret-of-a-jwt-deployment");
        const QStringList connection{QStringLiteral("--strategy=jwt"), QStringLiteral("--secret-file"), secret};
        for (const char *command : {"sessions list", "sessions stats"}) {
            const CtlResult result = ctl.run(words(command) + connection);
            QVERIFY2(result.exitCode == 2 && result.errorCode() == QStringLiteral("NoSessionRows"),
                     result.all().constData());
            QVERIFY2(result.err.contains("JWT"), result.all().constData());
        }
        const CtlResult revoke = ctl.run(words("sessions revoke --all --yes") + connection);
        QVERIFY2(revoke.exitCode == 1 && revoke.err.contains("JWT"), revoke.all().constData());
        const QJsonObject answer = revoke.json();
        QCOMPARE(answer.value(QStringLiteral("matched")).toInt(-1), 0);
        QCOMPARE(answer.value(QStringLiteral("revoked")).toInt(-1), 0);
        QVERIFY(answer.contains(QStringLiteral("auditId")) && answer.value(QStringLiteral("auditId")).isNull());
        const QJsonObject why = answer.value(QStringLiteral("notRevocable")).toObject();
        QCOMPARE(why.value(QStringLiteral("strategy")).toString(), QStringLiteral("jwt"));
        QVERIFY(why.contains(QStringLiteral("acceptedUntil")) &&
                !why.value(QStringLiteral("remedy")).toString().isEmpty());
        // Whom the remedies sign out is counted where there are users to count, and what cannot be known is said.
        QVERIFY(why.contains(QStringLiteral("users")) && why.value(QStringLiteral("users")).isNull());
        QVERIFY2(why.value(QStringLiteral("blastRadius")).toString().contains(u"has no database"),
                 revoke.all().constData());
        const SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
        const QString users = database.value(QStringLiteral("SELECT count(*) FROM User")).value_or(QString());
        const CtlResult counted =
            ctl.run(words("sessions revoke --all --yes --database") << database.url() << connection);
        const QJsonObject radius = counted.json().value(QStringLiteral("notRevocable")).toObject();
        QCOMPARE(QString::number(radius.value(QStringLiteral("users")).toInt(-1)), users);
        QVERIFY2(radius.value(QStringLiteral("blastRadius")).toString().contains(u"nobody can count"),
                 counted.all().constData());
    }
};

QTEST_GUILESS_MAIN(CtlSessionsTest)
#include "tst_CtlSessions.moc"
