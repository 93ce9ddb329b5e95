#include <QtTest>

#include <QJsonArray>

#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::contentOf;
using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

/// What comes of another key file than the one that was used so far, or of a mistyped one.
class CtlOtherKeyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aReadMakesNoKey();
    void noReadGoesOnUnderAnotherKey();
    void deletedRowsWantTheKeyTheyWereSealedWith();
    void whereAnotherKeySignsIsNamed();
    void whatAForgedLineNamesIsNotBelieved();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_ctl->folder() + QLatin1Char('/') + QLatin1StringView(name);
    }
    /// Revokes a session of @p user, with the keys in the file @p keys.
    CtlResult revoke(const char *user, const char *keys = "keys")
    {
        return m_ctl->run(words("sessions revoke --yes --state all --database-env DB --key-file")
                          << path(keys) << QStringLiteral("--user") << QLatin1StringView(user));
    }
    /// Lists a session with its token, with the keys in the file @p keys.
    CtlResult reveal(const char *keys)
    {
        return m_ctl->run(words("sessions list --state all --limit 1 --reveal --database-env DB --key-file")
                          << path(keys));
    }
    CtlResult verify(const char *keys) { return m_ctl->run(words("audit verify --key-file") << path(keys)); }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlOtherKeyTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->neverShow("5e551000-0000-4000-8000-"); // how every token of the fixture begins
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
}

void CtlOtherKeyTest::aReadMakesNoKey()
{
    QCOMPARE(revoke("ada@example.com").exitCode, 0);
    const QByteArray log = contentOf(path("data/rollcall/audit.ndjson"));
    const CtlResult refused = reveal("mistyped");
    QVERIFY2(refused.exitCode == 4 && refused.errorCode() == QStringLiteral("NoKeyStore"), refused.all().constData());
    QVERIFY2(refused.err.contains("mistyped") && refused.err.contains("--key-file"), refused.all().constData());
    QVERIFY2(!QFile::exists(path("mistyped")), "a read made a key file");
    QCOMPARE(contentOf(path("data/rollcall/audit.ndjson")), log);
    // The log alone is gone: its seal says whose it was.
    QVERIFY(QFile::remove(path("data/rollcall/audit.ndjson")));
    const CtlResult gone = reveal("mistyped");
    QVERIFY2(gone.exitCode == 4 && gone.errorCode() == QStringLiteral("NoKeyStore"), gone.all().constData());
    QVERIFY2(!QFile::exists(path("mistyped")), "a read made a key file");
}

void CtlOtherKeyTest::noReadGoesOnUnderAnotherKey()
{
    // Another key file, with an audit key of its own, of a log that was elsewhere.
    QCOMPARE(revoke("ben@example.com", "others").exitCode, 0);
    QVERIFY(QDir(path("data/rollcall")).removeRecursively());
    QCOMPARE(revoke("ada@example.com").exitCode, 0);
    const QByteArray log = contentOf(path("data/rollcall/audit.ndjson"));
    const CtlResult refused = reveal("others");
    QVERIFY2(refused.exitCode == 4 && refused.errorCode() == QStringLiteral("NoKeyStore"), refused.all().constData());
    QVERIFY2(refused.err.contains("signed last by another key") && refused.err.contains("others") &&
                 refused.err.contains("--key-file"),
             refused.all().constData());
    QCOMPARE(contentOf(path("data/rollcall/audit.ndjson")), log);
    // Nor does one that is to show names.
    const CtlResult masked = m_ctl->run(words("connections add shop --database-env DB --mask-personal"));
    QVERIFY2(masked.exitCode == 0, masked.all().constData());
    for (const char *keys : {"others", "mistyped"}) {
        const CtlResult names =
            m_ctl->run(words("users list --connection shop --limit 1 --reveal-personal --key-file") << path(keys));
        QVERIFY2(names.exitCode == 4 && names.errorCode() == QStringLiteral("NoKeyStore"), names.all().constData());
    }
    QVERIFY(!QFile::exists(path("mistyped")));
    QCOMPARE(contentOf(path("data/rollcall/audit.ndjson")), log);
    const CtlResult whole = verify("keys");
    QVERIFY2(whole.exitCode == 0, whole.all().constData());
}

void CtlOtherKeyTest::deletedRowsWantTheKeyTheyWereSealedWith()
{
    const QString id = revoke("ada@example.com").json().value(QStringLiteral("auditId")).toString();
    QVERIFY(!id.isEmpty());
    QCOMPARE(revoke("ben@example.com", "others").exitCode, 0); // a key of its own, with which other rows were sealed
    const int rows = m_database->count(QStringLiteral("Session"));
    for (const char *keys : {"others", "mistyped"}) {
        const CtlResult refused =
            m_ctl->run(words("sessions restore --yes --database-env DB --key-file") << path(keys) << id);
        QVERIFY2(refused.exitCode == 2 && refused.errorCode() == QStringLiteral("FileFormatInvalid"),
                 refused.all().constData());
        QVERIFY2(refused.err.contains(QByteArray("What was kept of " + id.toUtf8() + " cannot be opened")) &&
                     refused.err.contains("another key") && refused.err.contains("with which it was begun"),
                 refused.all().constData());
        QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
    }
    const CtlResult back =
        m_ctl->run(words("sessions restore --yes --database-env DB --key-file") << path("keys") << id);
    QVERIFY2(back.exitCode == 0, back.all().constData());
}

void CtlOtherKeyTest::whereAnotherKeySignsIsNamed()
{
    QCOMPARE(revoke("ada@example.com").exitCode, 0);
    const CtlResult one = verify("keys");
    QVERIFY2(one.exitCode == 0 && one.json().value(QStringLiteral("keyChangedAt")).toArray().isEmpty(),
             one.all().constData());
    QCOMPARE(revoke("ben@example.com", "others").exitCode, 0);
    // By the key that signed first: what another wrote on is not ours, from there.
    const CtlResult first = verify("keys");
    QVERIFY2(first.exitCode == 1, first.all().constData());
    QCOMPARE(first.json().value(QStringLiteral("brokenAt")).toInt(), 3);
    QCOMPARE(first.json().value(QStringLiteral("entries")).toInt(), 2);
    QVERIFY2(first.err.contains("broken at entry 3: from entry 3 on another key is named") &&
                 first.err.contains("audit renew"),
             first.all().constData());
    QVERIFY2(!first.err.contains("missing"), first.all().constData());
    // By the one that signs now: whole, but not all by one key.
    const CtlResult second = verify("others");
    QVERIFY2(second.exitCode == 0 && !second.json().value(QStringLiteral("sealed")).toBool(true),
             second.all().constData());
    QCOMPARE(second.json().value(QStringLiteral("keyChangedAt")).toArray(), QJsonArray{3});
    QVERIFY2(second.err.contains("from entry 3 on another key signs"), second.all().constData());
    const CtlResult copy = m_ctl->run(words("audit verify --key-file") << path("others") << QStringLiteral("--file")
                                                                       << path("data/rollcall/audit.ndjson"));
    QVERIFY2(copy.err.contains("from entry 3 on another key signs") && !copy.err.contains("audit renew"),
             copy.all().constData());
    // By turns: an act finds it, and no one has changed it back.
    QCOMPARE(revoke("zoe@example.com").exitCode, 0);
    const CtlResult turns = verify("keys");
    QVERIFY2(turns.exitCode == 1, turns.all().constData());
    QCOMPARE(turns.json().value(QStringLiteral("brokenAt")).toInt(), 3);
    QVERIFY2(turns.err.contains("from entry 3 on another key is named") && !turns.err.contains("changed back"),
             turns.all().constData());
}

void CtlOtherKeyTest::whatAForgedLineNamesIsNotBelieved()
{
    QCOMPARE(revoke("ada@example.com").exitCode, 0);
    QCOMPARE(revoke("ben@example.com").exitCode, 0);
    // Entry 3 in the name of another key, its hash as it was: and no key signs from there on.
    const QString file = path("data/rollcall/audit.ndjson");
    QByteArrayList lines = contentOf(file).split('\n');
    QVERIFY(lines.size() > 4);
    const QByteArray member = "\"keyId\":\"";
    const qsizetype at = lines[2].indexOf(member) + member.size();
    QVERIFY(at > member.size());
    lines[2].replace(at, 16, "0123456789abcdef");
    QFile log(file);
    QVERIFY(log.open(QIODevice::WriteOnly | QIODevice::Truncate));
    log.write(lines.join('\n'));
    log.close();
    for (const char *keys : {"keys", "none"}) {
        const CtlResult result = verify(keys);
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("brokenAt")).toInt(), 3);
        QVERIFY2(result.json().value(QStringLiteral("keyChangedAt")).toArray().isEmpty(), result.all().constData());
        QVERIFY2(!result.err.contains("another key") && !result.err.contains("0123456789abcdef"),
                 result.all().constData());
    }
}

QTEST_GUILESS_MAIN(CtlOtherKeyTest)
#include "tst_CtlOtherKey.moc"
