#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include "core/base/Fingerprint.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using rollcall::test::CtlProcess;
using rollcall::test::CtlResult;
using rollcall::test::SqliteDatabase;
using rollcall::test::words;

namespace {

constexpr auto tokenStart = "5e551000-0000-4000-8000-"; // of every session of the fixture

QString textOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toString();
}

int numberOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toInt(-1);
}

} // namespace

/// `plan save`, `show` and `approve`, and a revocation by a plan.
class CtlPlanTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aSavedPlanIsCarriedOut();
    void whatChangedMeanwhileIsSkipped();
    void anotherApproves();
    void approvalsThatDoNotCount();
    void anApprovalIsDemanded();
    void aTamperedFileIsRefused_data();
    void aTamperedFileIsRefused();
    void badRequests();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_planner->folder() + QLatin1Char('/') + QLatin1StringView(name);
    }
    CtlResult save();
    CtlResult revoke(const QStringList &more = {});

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_planner;
    std::unique_ptr<CtlProcess> m_other;
};

void CtlPlanTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_planner = std::make_unique<CtlProcess>();
    m_other = std::make_unique<CtlProcess>();
    for (CtlProcess *ctl : {m_planner.get(), m_other.get()}) {
        ctl->neverShow(tokenStart);
        ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    }
}

CtlResult CtlPlanTest::save()
{
    return m_planner->run(words("plan save --all --state all --connection shop --reason planned --out")
                          << path("plan.json"));
}

CtlResult CtlPlanTest::revoke(const QStringList &more)
{
    return m_planner->run(words("sessions revoke --yes --connection shop --plan") + QStringList(path("plan.json")) +
                          more);
}

void CtlPlanTest::aSavedPlanIsCarriedOut()
{
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    const int rows = m_database->count(QStringLiteral("Session"));
    const CtlResult saved = save();
    QVERIFY2(saved.exitCode == 0, saved.all().constData());
    QCOMPARE(numberOf(saved, "matched"), rows);
    QVERIFY(numberOf(saved, "users") > 1);
    QCOMPARE(textOf(saved, "digest").size(), 64);
    QVERIFY(QDateTime::fromString(textOf(saved, "frozenAt"), Qt::ISODateWithMs).isValid());
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
    // Anybody may read what it says.
    const CtlResult shown = m_other->run(words("plan show") << path("plan.json"));
    QVERIFY2(shown.exitCode == 0, shown.all().constData());
    QCOMPARE(shown.json(), saved.json());
    QVERIFY(textOf(shown, "selection").contains(QStringLiteral("all sessions")));

    // One that came later is in no plan.
    m_database->exec(QStringLiteral("INSERT INTO Session SELECT '5e551000-0000-4000-8000-0000000000ff', userId, "
                                    "expires, 'cmwphocml0000bs7dlater00ff', createdAt, updatedAt "
                                    "FROM Session LIMIT 1"));
    const CtlResult unasked = m_planner->run(words("sessions revoke --connection shop --plan") << path("plan.json"));
    QVERIFY2(unasked.exitCode == 4, unasked.all().constData());
    const CtlResult dry =
        m_planner->run(words("sessions revoke --dry-run --connection shop --plan") << path("plan.json"));
    QVERIFY2(dry.exitCode == 0, dry.all().constData());
    QCOMPARE(textOf(dry, "digest"), textOf(saved, "digest"));
    // What a file does not keep is read again, so that one's own are told by an e-mail too.
    const QJsonArray sample = dry.json().value(QStringLiteral("sample")).toArray();
    QVERIFY(!sample.isEmpty());
    QCOMPARE(sample.first().toObject().keys(),
             (QStringList{QStringLiteral("email"), QStringLiteral("expires"), QStringLiteral("fingerprint"),
                          QStringLiteral("name"), QStringLiteral("userId")}));
    const CtlResult mine = m_planner->run(
        words("sessions revoke --dry-run --connection shop --own-user ada@example.com --plan") << path("plan.json"));
    QCOMPARE(QString::number(numberOf(mine, "ownSessions")),
             m_database->value(QStringLiteral("SELECT count(*) FROM Session s JOIN User u ON u.id = s.userId WHERE "
                                              "u.email = 'ada@example.com' AND s.id <> 'cmwphocml0000bs7dlater00ff'")));
    const CtlResult done = revoke(words("--reason planned"));
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "revoked"), rows);
    QCOMPARE(m_database->count(QStringLiteral("Session")), 1);
    const QJsonArray entries = m_planner->run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
    QCOMPARE(entries.last().toObject().value(QStringLiteral("planDigest")).toString(), textOf(saved, "digest"));
}

void CtlPlanTest::whatChangedMeanwhileIsSkipped()
{
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    const int rows = numberOf(save(), "matched");
    const QString first = QStringLiteral("(SELECT min(id) FROM Session)");
    const QString gone = rollcall::base::Fingerprint::of(
                             m_database->value(QStringLiteral("SELECT sessionToken FROM Session WHERE id = ") + first)
                                 .value_or(QString())
                                 .toUtf8())
                             .text();
    m_database->exec(QStringLiteral("DELETE FROM Session WHERE id = ") + first);
    const CtlResult done = revoke();
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(numberOf(done, "matched"), rows);
    QCOMPARE(numberOf(done, "revoked"), rows - 1);
    QCOMPARE(numberOf(done, "skipped"), 1);
    // And listed.
    const QJsonArray skipped = done.json().value(QStringLiteral("skippedSessions")).toArray();
    QCOMPARE(skipped.size(), 1);
    QCOMPARE(skipped.first().toObject().value(QStringLiteral("fingerprint")).toString(), gone);
    QCOMPARE(skipped.first().toObject().value(QStringLiteral("why")).toString(), QStringLiteral("gone"));
}

void CtlPlanTest::anotherApproves()
{
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    QCOMPARE(save().exitCode, 0);
    const CtlResult approved =
        m_other->run(words("plan approve") << path("plan.json") << QStringLiteral("--out") << path("approval.json"));
    QVERIFY2(approved.exitCode == 0, approved.all().constData());
    const QString key = textOf(approved, "approver");
    QVERIFY(key.startsWith(QStringLiteral("ed25519:")));
    const QStringList approval{QStringLiteral("--approval"), path("approval.json")};
    const CtlResult unlisted = revoke(approval);
    QCOMPARE(unlisted.exitCode, 4);
    QVERIFY2(unlisted.err.contains(key.toLatin1()), unlisted.all().constData());
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB --approver") << key).exitCode, 0);
    const CtlResult done = revoke(approval);
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), 0);
}

void CtlPlanTest::approvalsThatDoNotCount()
{
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    QCOMPARE(save().exitCode, 0);
    const int rows = m_database->count(QStringLiteral("Session"));
    const auto approve = [&](CtlProcess &ctl) {
        return ctl.run(words("plan approve") << path("plan.json") << QStringLiteral("--out") << path("approval.json")
                                             << QStringLiteral("--overwrite"));
    };
    const QStringList approval{QStringLiteral("--approval"), path("approval.json")};
    // The planner's own, even where it is listed.
    const QString own = textOf(approve(*m_planner), "approver");
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB --approver") << own).exitCode, 0);
    QCOMPARE(revoke(approval).errorCode(), QStringLiteral("WriteRefused"));
    // Of another plan.
    const QString key = textOf(approve(*m_other), "approver");
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB --approver") << key).exitCode, 0);
    QCOMPARE(m_planner
                 ->run(words("plan save --user ada@example.com --connection shop --state all --overwrite --out")
                       << path("plan.json"))
                 .exitCode,
             0);
    const CtlResult other = revoke(approval);
    QCOMPARE(other.exitCode, 4);
    QCOMPARE(other.errorCode(), QStringLiteral("PlanStale"));
    // One whose signature is not theirs.
    approve(*m_other);
    QFile file(path("approval.json"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    json.insert(QStringLiteral("approvedAt"), QStringLiteral("2026-01-01T00:00:00.000Z"));
    file.resize(0);
    file.write(QJsonDocument(json).toJson());
    file.close();
    QCOMPARE(revoke(approval).errorCode(), QStringLiteral("FileFormatInvalid"));
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
}

void CtlPlanTest::anApprovalIsDemanded()
{
    const CtlResult added = m_planner->run(words("connections add shop --database-env DB --needs-approval"));
    QVERIFY2(added.exitCode == 0, added.all().constData());
    const auto connection = [&] {
        return m_planner->run(words("connections show shop"))
            .json()
            .value(QStringLiteral("connections"))
            .toArray()
            .first()
            .toObject();
    };
    QVERIFY(connection().value(QStringLiteral("needsApproval")).toBool());
    const int rows = m_database->count(QStringLiteral("Session"));
    QCOMPARE(save().exitCode, 0);
    // Neither without a plan nor with one that nobody approved; looking at it is free.
    // Nor does it help to name the same database by itself, or by a second connection.
    QCOMPARE(m_planner->run(words("connections add side --database-env DB")).exitCode, 0);
    for (const CtlResult &refused :
         {m_planner->run(words("sessions revoke --all --state all --yes --connection shop")),
          m_planner->run(words("sessions revoke --all --state all --yes --database-env DB")),
          m_planner->run(words("sessions revoke --all --state all --yes --connection side")), revoke()}) {
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QCOMPARE(refused.errorCode(), QStringLiteral("WriteRefused"));
        QVERIFY(refused.all().contains("plan approve"));
    }
    QCOMPARE(revoke(words("--dry-run")).exitCode, 0);
    const CtlResult approved =
        m_other->run(words("plan approve") << path("plan.json") << QStringLiteral("--out") << path("approval.json"));
    const QString key = textOf(approved, "approver");
    // Replacing the connection does not take the demand away.
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB --approver") << key).exitCode, 0);
    QVERIFY(connection().value(QStringLiteral("needsApproval")).toBool());
    QCOMPARE(revoke().exitCode, 4);
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
    const CtlResult done = revoke({QStringLiteral("--approval"), path("approval.json")});
    QVERIFY2(done.exitCode == 0, done.all().constData());
    QCOMPARE(m_database->count(QStringLiteral("Session")), 0);
    const QJsonArray entries = m_planner->run(words("audit list")).json().value(QStringLiteral("entries")).toArray();
    QCOMPARE(entries.last().toObject().value(QStringLiteral("counts")).toObject().value(QStringLiteral("approver")),
             QJsonValue(key));
}

void CtlPlanTest::aTamperedFileIsRefused_data()
{
    QTest::addColumn<QString>("member");
    QTest::addColumn<QJsonValue>("value");
    QTest::newRow("digest") << QStringLiteral("digest") << QJsonValue(QString(64, QLatin1Char('0')));
    QTest::newRow("matched") << QStringLiteral("matched") << QJsonValue(1);
    QTest::newRow("users") << QStringLiteral("users") << QJsonValue(1);
    QTest::newRow("selection") << QStringLiteral("selection") << QJsonValue(QStringLiteral("1 named sessions"));
    QTest::newRow("statement") << QStringLiteral("statement") << QJsonValue(QStringLiteral("SELECT 1"));
    QTest::newRow("reason") << QStringLiteral("reason") << QJsonValue(QStringLiteral("another"));
    QTest::newRow("sample") << QStringLiteral("sample") << QJsonValue(QJsonArray());
    QTest::newRow("connection") << QStringLiteral("connection") << QJsonValue(QStringLiteral("staging"));
    QTest::newRow("database") << QStringLiteral("database") << QJsonValue(QStringLiteral("sqlite:other.db"));
    QTest::newRow("plannedBy") << QStringLiteral("plannedBy") << QJsonValue(QStringLiteral("ada@host"));
    QTest::newRow("frozenAt") << QStringLiteral("frozenAt") << QJsonValue(QStringLiteral("2026-01-01T00:00:00.000Z"));
    QTest::newRow("no time") << QStringLiteral("frozenAt") << QJsonValue(QStringLiteral("soon"));
    QTest::newRow("sealed") << QStringLiteral("sealed") << QJsonValue(QStringLiteral("UkNTMQ=="));
    QTest::newRow("version") << QStringLiteral("version") << QJsonValue(4);
}

void CtlPlanTest::aTamperedFileIsRefused()
{
    QFETCH(QString, member);
    QFETCH(QJsonValue, value);
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    QCOMPARE(save().exitCode, 0);
    const int rows = m_database->count(QStringLiteral("Session"));
    QFile file(path("plan.json"));
    QVERIFY(file.open(QIODevice::ReadWrite));
    QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
    QVERIFY(json.contains(member) && json.value(member) != value);
    json.insert(member, value);
    file.resize(0);
    file.write(QJsonDocument(json).toJson());
    file.close();
    const CtlResult refused = revoke();
    QCOMPARE(refused.errorCode(), QStringLiteral("FileFormatInvalid"));
    QVERIFY(refused.exitCode != 0);
    // Nor is it shown or approved, by whoever.
    for (CtlProcess *ctl : {m_planner.get(), m_other.get()}) {
        for (const CtlResult &seen :
             {ctl->run(words("plan show") << path("plan.json")),
              ctl->run(words("plan approve") << path("plan.json") << QStringLiteral("--out") << path("approval"))}) {
            QVERIFY2(seen.exitCode == 2, seen.all().constData());
            QCOMPARE(seen.errorCode(), QStringLiteral("FileFormatInvalid"));
            QVERIFY2(!seen.err.contains("Correct the file"), seen.all().constData());
        }
    }
    QVERIFY(!QFile::exists(path("approval")));
    QCOMPARE(m_database->count(QStringLiteral("Session")), rows);
}

void CtlPlanTest::badRequests()
{
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB")).exitCode, 0);
    QCOMPARE(m_planner->run(words("plan save --connection shop --out x")).exitCode, 2); // which sessions?
    QCOMPARE(m_planner->run(words("plan save --all --connection shop")).exitCode, 2);   // where to?
    QCOMPARE(m_planner->run(words("plan show")).exitCode, 2);
    QCOMPARE(m_planner->run(words("plan show /nonexistent")).errorCode(), QStringLiteral("FileUnreadable"));
    const QString nonsense = m_planner->writeFile(QStringLiteral("nonsense"), "hello");
    QCOMPARE(m_planner->run(words("plan show") << nonsense).errorCode(), QStringLiteral("FileFormatInvalid"));
    QCOMPARE(m_planner->run(words("plan approve --out x") << nonsense).errorCode(),
             QStringLiteral("FileFormatInvalid"));
    QCOMPARE(save().exitCode, 0);
    QCOMPARE(revoke(words("--all")).exitCode, 2);
    QCOMPARE(m_planner->run(words("sessions revoke --all --yes --connection shop --approval") << nonsense).exitCode, 2);
    QCOMPARE(m_planner->run(words("connections add shop --database-env DB --approver me")).exitCode, 2);
    // Another's key, and another database.
    const CtlResult others = m_other->run(words("sessions revoke --yes --database-env DB --plan") << path("plan.json"));
    QCOMPARE(others.errorCode(), QStringLiteral("FileFormatInvalid"));
    QVERIFY2(others.err.contains("another key") && others.err.contains("Whoever saved it"), others.all().constData());
    const SqliteDatabase elsewhere(QStringLiteral("prisma-adapter-sqlite"));
    m_planner->setEnvironment(QStringLiteral("DB"), elsewhere.url());
    const CtlResult other =
        m_planner->run(words("sessions revoke --yes --database-env DB --plan") << path("plan.json"));
    QCOMPARE(other.exitCode, 4);
    QCOMPARE(other.errorCode(), QStringLiteral("PlanStale"));
}

QTEST_GUILESS_MAIN(CtlPlanTest)
#include "tst_CtlPlan.moc"
