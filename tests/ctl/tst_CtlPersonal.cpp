#include <QtTest>

#include <QJsonArray>

#include <csignal>

#include "core/jose/TokenCodec.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using test::contentOf;
using test::CtlProcess;
using test::CtlResult;
using test::SqliteDatabase;
using test::words;

namespace {

const QByteArray secret = "the-secret-that-seals-the-cookies";
const QByteArray salt = "authjs.session-token";
const QByteArray rowToken = "5e551000-0000-4000-8000-000000000001";
const QByteArray name = "Plantagenet Wolkenstein";
const QByteArray email = "plantagenet@wolkenstein.example";
const QString maskedName = QStringLiteral("P••• W•••");
const QString maskedEmail = QStringLiteral("p•••@w•••");

QByteArray sealed()
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(secret);
    const auto token =
        jose::encodeToken(session::AuthVersion::V5,
                          "{\"name\":\"" + name + "\",\"email\":\"" + email +
                              "\",\"picture\":\"https://wolkenstein.example/p.png\",\"sub\":\"u1\"}",
                          secrets, salt, std::chrono::hours(24),
                          std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    return token ? token->view().toByteArray() : QByteArray();
}

QJsonObject firstOf(const CtlResult &result, const char *list)
{
    return result.json().value(QLatin1StringView(list)).toArray().first().toObject();
}

} // namespace

/// A saved connection that asks for masks: names and e-mails of its users stand masked in every answer, until they are
/// asked for on record. One that does not ask answers as ever.
class CtlPersonalTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everyFormatIsMasked_data();
    void everyFormatIsMasked();
    void whatIsResolvedIsMasked();
    void aDecodedTokenIsMasked();
    void aRuleIsMasked();
    void hintsAreMasked();
    void idsThatAreEmailsAreMasked();
    void whatIsFollowedIsMasked();
    void revealingIsOnRecord_data();
    void revealingIsOnRecord();
    void withoutARecordNothingIsRevealed();
    void tokensAreRevealedWithoutNames();
    void withoutTheProfileNothingChanges();

private:
    CtlResult run(const QByteArray &text, const QByteArray &input = {})
    {
        return m_ctl->run(words(text.constData()), input);
    }
    /// From here on no answer and no file may hold what was planted.
    void forbidNames()
    {
        for (const char *planted : {"lantagenet", "olkenstein", "OLKENSTEIN"})
            m_ctl->neverShow(planted);
    }

    std::unique_ptr<SqliteDatabase> m_database;
    std::unique_ptr<CtlProcess> m_ctl;
};

void CtlPersonalTest::init()
{
    m_database = std::make_unique<SqliteDatabase>(QStringLiteral("drizzle-adapter-sqlite"));
    m_database->exec(
        QStringLiteral("UPDATE user SET name = '%1', email = '%2', image = 'https://wolkenstein.example/p'")
            .arg(QString::fromLatin1(name), QString::fromLatin1(email)) +
        QStringLiteral(" WHERE id = (SELECT userId FROM session WHERE sessionToken = '%1')")
            .arg(QString::fromLatin1(rowToken)));
    m_database->exec(QStringLiteral("UPDATE session SET expires = %1 WHERE sessionToken = '%2'")
                         .arg(QDateTime::currentMSecsSinceEpoch() + 7'200'000)
                         .arg(QString::fromLatin1(rowToken)));
    m_ctl = std::make_unique<CtlProcess>();
    m_ctl->setEnvironment(QStringLiteral("DB"), m_database->url());
    m_ctl->writeFile(QStringLiteral("secret"), secret + '\n');
    const CtlResult added =
        m_ctl->run(words("connections add shop --database-env DB --auth-version v5 --mask-personal --secret-file")
                   << m_ctl->folder() + QStringLiteral("/secret"));
    QVERIFY2(added.exitCode == 0, added.all().constData());
}

void CtlPersonalTest::everyFormatIsMasked_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::newRow("sessions") << QByteArray("sessions list --connection shop");
    QTest::newRow("searched") << QByteArray("sessions list --connection shop --search plantagenet");
    QTest::newRow("users") << QByteArray("users list --connection shop");
    QTest::newRow("plan") << QByteArray("sessions revoke --connection shop --all --dry-run");
}

void CtlPersonalTest::everyFormatIsMasked()
{
    QFETCH(const QByteArray, command);
    forbidNames();
    for (const char *format : {" --format table", " --format json", " --format ndjson", " --format csv"}) {
        const CtlResult result = run(command + format);
        QVERIFY2(result.exitCode == 0, result.all().constData());
        QVERIFY2(result.out.contains(maskedName.toUtf8()), result.all().constData());
        QVERIFY2(result.out.contains(maskedEmail.toUtf8()), result.all().constData());
    }
}

void CtlPersonalTest::whatIsResolvedIsMasked()
{
    forbidNames();
    const CtlResult one = run("resolve --connection shop --cookie-file -", salt + '=' + rowToken);
    QVERIFY2(one.exitCode == 0, one.all().constData());
    const QJsonObject user =
        one.json().value(QStringLiteral("session")).toObject().value(QStringLiteral("user")).toObject();
    QCOMPARE(user.value(QStringLiteral("name")).toString(), maskedName);
    QCOMPARE(user.value(QStringLiteral("image")).toString(), QStringLiteral("•••"));
    const CtlResult batch =
        run("resolve --connection shop --batch", "{\"id\":1,\"cookie\":\"" + salt + '=' + rowToken + "\"}\n");
    QVERIFY2(batch.exitCode == 0 && batch.out.contains(maskedName.toUtf8()), batch.all().constData());
}

void CtlPersonalTest::aDecodedTokenIsMasked()
{
    forbidNames();
    const CtlResult one = run("token decode --connection shop", sealed());
    QVERIFY2(one.exitCode == 0, one.all().constData());
    const QJsonObject claims = one.json().value(QStringLiteral("claims")).toObject();
    QCOMPARE(claims.value(QStringLiteral("name")).toString(), maskedName);
    QCOMPARE(claims.value(QStringLiteral("sub")).toString(), QStringLiteral("u1"));
    const CtlResult batch =
        run("token decode --connection shop --batch", "{\"id\":1,\"token\":\"" + sealed() + "\"}\n");
    QVERIFY2(batch.out.contains(maskedName.toUtf8()), batch.all().constData());
}

void CtlPersonalTest::aRuleIsMasked()
{
    const CtlResult set = m_ctl->run(words("rule set --database-env DB --strategy jwt --yes --before -1h --user")
                                     << QString::fromLatin1(email));
    QVERIFY2(set.exitCode == 0, set.all().constData());
    const CtlResult revealed = run("rule show --connection shop --reveal-personal --reason OPS-2291");
    QVERIFY2(revealed.exitCode == 0 && revealed.out.contains(email), revealed.all().constData());
    QVERIFY(run("audit list").out.contains("personal.reveal"));
    forbidNames();
    const CtlResult shown = run("rule show --connection shop");
    QVERIFY2(shown.exitCode == 0, shown.all().constData());
    QVERIFY2(firstOf(shown, "rules").value(QStringLiteral("scope")).toString().startsWith(u"user:" + maskedEmail),
             shown.all().constData());
}

void CtlPersonalTest::hintsAreMasked()
{
    m_ctl->neverShow("lantagenet"); // in capitals it is what was typed
    const CtlResult result = run("sessions revoke --connection shop --dry-run --user PLANTAGENET@WOLKENSTEIN.EXAMPLE");
    QVERIFY2(result.err.contains(QByteArray("did you mean " + maskedEmail.toUtf8())), result.all().constData());
}

void CtlPersonalTest::idsThatAreEmailsAreMasked()
{
    const QString id = QString::fromLatin1(email);
    m_database->exec(QStringLiteral("UPDATE session SET userId = '%1' WHERE sessionToken = '%2'; "
                                    "UPDATE user SET id = '%1' WHERE email = '%1'; "
                                    "DELETE FROM session WHERE sessionToken <> '%2'")
                         .arg(id, QString::fromLatin1(rowToken)));
    forbidNames();
    const auto idIn = [](const CtlResult &result, const char *list, const char *member) {
        return firstOf(result, list).value(QLatin1StringView(member)).toString();
    };
    QCOMPARE(idIn(run("sessions list --connection shop"), "sessions", "userId"), maskedEmail);
    QCOMPARE(idIn(run("users list --connection shop"), "users", "id"), maskedEmail);
    QCOMPARE(idIn(run("sessions revoke --connection shop --all --dry-run"), "sample", "userId"), maskedEmail);
    const CtlResult revoked = run("sessions revoke --connection shop --all --yes");
    QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
    m_database->exec(QStringLiteral("DELETE FROM user WHERE id = '%1'").arg(id));
    const QByteArray auditId = revoked.json().value(QStringLiteral("auditId")).toString().toLatin1();
    const CtlResult restored = run("sessions restore " + auditId + " --connection shop --yes");
    QVERIFY2(restored.exitCode == 1, restored.all().constData());
    QCOMPARE(idIn(restored, "skippedSessions", "userId"), maskedEmail);
}

void CtlPersonalTest::whatIsFollowedIsMasked()
{
    forbidNames();
    bool isDone = false;
    const CtlResult result = m_ctl->runUntil(
        words("sessions watch --interval 50ms --connection shop"),
        [&](const QByteArray &out) {
            if (out.count('\n') > 0 && !std::exchange(isDone, true))
                m_database->exec(
                    QStringLiteral("DELETE FROM session WHERE sessionToken = '%1'").arg(QString::fromLatin1(rowToken)));
            return out.count('\n') > 1;
        },
        SIGINT);
    const auto lines = result.lines();
    QVERIFY2(lines.size() == 2, result.all().constData());
    QCOMPARE(lines[1].value(QStringLiteral("session")).toObject().value(QStringLiteral("name")).toString(), maskedName);
}

void CtlPersonalTest::revealingIsOnRecord_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("input");
    const QByteArray cookie = salt + '=' + rowToken;
    QTest::newRow("sessions") << QByteArray("sessions list --connection shop") << QByteArray();
    QTest::newRow("users") << QByteArray("users list --connection shop") << QByteArray();
    QTest::newRow("plan") << QByteArray("sessions revoke --connection shop --all --dry-run") << QByteArray();
    QTest::newRow("resolve") << QByteArray("resolve --connection shop --cookie-file -") << cookie;
    QTest::newRow("decode") << QByteArray("token decode --connection shop") << sealed();
}

void CtlPersonalTest::revealingIsOnRecord()
{
    QFETCH(const QByteArray, command);
    QFETCH(const QByteArray, input);
    const CtlResult shown = run(command + " --reveal-personal --reason OPS-2291", input);
    QVERIFY2(shown.exitCode == 0, shown.all().constData());
    QVERIFY2(shown.out.contains(name) && shown.out.contains(email), shown.all().constData());
    forbidNames(); // the log least of all holds them
    const QJsonArray entries = run("audit list").json().value(QStringLiteral("entries")).toArray();
    QCOMPARE(entries.size(), 2);
    for (const QJsonValue &entry : entries) {
        QCOMPARE(entry.toObject().value(QStringLiteral("action")).toString(), QStringLiteral("personal.reveal"));
        QCOMPARE(entry.toObject().value(QStringLiteral("reason")).toString(), QStringLiteral("OPS-2291"));
    }
}

void CtlPersonalTest::withoutARecordNothingIsRevealed()
{
    forbidNames();
    m_ctl->unsetEnvironment(QStringLiteral("ROLLCALL_KEY_FILE"));
    const CtlResult saved = run("connections add plain --database-env DB --mask-personal");
    QVERIFY2(saved.exitCode == 0, saved.all().constData());
    const CtlResult refused = run("sessions list --connection plain --reveal-personal");
    QVERIFY2(refused.exitCode == 4, refused.all().constData());
}

void CtlPersonalTest::tokensAreRevealedWithoutNames()
{
    forbidNames();
    const CtlResult result = run("sessions list --connection shop --reveal");
    QVERIFY2(result.exitCode == 0, result.all().constData());
    QVERIFY2(result.out.contains(rowToken) && result.out.contains(maskedName.toUtf8()), result.all().constData());
}

void CtlPersonalTest::withoutTheProfileNothingChanges()
{
    const CtlResult list = run("sessions list --database-env DB");
    QCOMPARE(firstOf(list, "sessions").value(QStringLiteral("name")).toString(), QString::fromLatin1(name));
    // Nothing is hidden, so nothing is revealed.
    const CtlResult same = run("sessions list --database-env DB --reveal-personal");
    QCOMPARE(same.out, list.out);
    QVERIFY(!contentOf(m_ctl->folder() + QStringLiteral("/data/rollcall/audit.ndjson")).contains("reveal"));
}

QTEST_GUILESS_MAIN(CtlPersonalTest)
#include "tst_CtlPersonal.moc"
