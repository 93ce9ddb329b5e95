#include <QtTest>

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "core/deployment/Deployment.h"
#include "core/jose/TokenCodec.h"
#include "core/workspace/EnvFile.h"
#include "tests/support/CtlProcess.h"
#include "tests/support/NextDeployment.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::NextDeployment;
using test::words;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(20));
}

/// The members of a session that the libraries' default callbacks give; what a deployment's own callbacks add is left
/// out.
struct SessionSeen
{
    bool found = false;
    QString name, email;
    QDateTime expires;
};

SessionSeen seen(const std::optional<QByteArray> &json)
{
    const QJsonObject session = QJsonDocument::fromJson(json.value_or(QByteArray())).object();
    const QJsonObject user = session.value(QStringLiteral("user")).toObject();
    return {!session.isEmpty(), user.value(QStringLiteral("name")).toString(),
            user.value(QStringLiteral("email")).toString(),
            QDateTime::fromString(session.value(QStringLiteral("expires")).toString(), Qt::ISODateWithMs)};
}

} // namespace

/// One of the real deployments, named by ROLLCALL_TEST_APP: is what Rollcall says true there, and does what it does
/// work?
class DeploymentsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QString why;
        m_app = NextDeployment::start(qEnvironmentVariable("ROLLCALL_TEST_APP", QStringLiteral("v4-database")), why);
        QVERIFY2(m_app, qPrintable(why));
        QCOMPARE(m_app->signIns().size(), size_t(5));
        m_ctl.neverShow(m_app->secret());
        m_ctl.neverShow(m_app->databasePassword());
        for (const auto &signIn : m_app->signIns())
            m_ctl.neverShow(signIn.token);
        auto imported = workspace::importEnvFile(m_app->text("envFile"));
        QVERIFY2(imported, imported ? "" : qPrintable(base::oneLine(imported.error())));
        auto config = deployment::ConnectionConfig::from(std::move(imported->profile), std::move(imported->secrets),
                                                         std::chrono::seconds(10));
        QVERIFY2(config, config ? "" : qPrintable(base::oneLine(config.error())));
        auto opened = deployment::Deployment::open(std::move(*config), {m_app->hasRows(), true}, m_clock, soon());
        QVERIFY2(opened, opened ? "" : qPrintable(base::oneLine(opened.error())));
        m_deployment = std::move(*opened);
    }

    void isRecognised()
    {
        QCOMPARE(session::versionName(m_deployment->auth()->version), m_app->version());
        QCOMPARE(session::strategyName(m_deployment->auth()->strategy), m_app->text("strategy"));
        QCOMPARE(m_deployment->hasRows(), m_app->hasRows());
        QCOMPARE(engine::sessionCookieName(*m_deployment->auth()), m_app->text("cookieName").toUtf8());
    }

    void checkFindsNothingWrong()
    {
        const CtlResult result = ctl(words("check"));
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray legs = result.json().value(QStringLiteral("legs")).toArray();
        QCOMPARE(legs.size(), 6);
        for (const QJsonValue &value : legs) {
            const QJsonObject leg = value.toObject();
            const QString name = leg.value(QStringLiteral("leg")).toString();
            const bool given =
                name != QStringLiteral("cache") &&
                (m_app->hasRows() || (name != QStringLiteral("database") && name != QStringLiteral("schema")));
            const QString status = leg.value(QStringLiteral("status")).toString();
            QVERIFY2((status == QStringLiteral("skipped")) == !given && status != QStringLiteral("fail"),
                     result.all().constData());
        }
    }

    void wrongSecretIsFound()
    {
        const QString wrong = m_ctl.writeFile(QStringLiteral("wrong-secret"), "not-the-secret-of-this-deployment\n");
        const CtlResult result = ctl(words("check --secret-file") << wrong);
        QVERIFY2(result.exitCode == 1, result.all().constData());
        QString status;
        const QJsonArray legs = result.json().value(QStringLiteral("legs")).toArray();
        for (const QJsonValue &leg : legs) {
            if (leg.toObject().value(QStringLiteral("leg")) == QStringLiteral("secret"))
                status = leg.toObject().value(QStringLiteral("status")).toString();
        }
        QCOMPARE(status, QStringLiteral("fail"));
    }

    void listsWhoIsSignedIn()
    {
        const CtlResult list = ctl(words("sessions list"));
        const CtlResult stats = ctl(words("sessions stats"));
        if (!m_app->hasRows()) {
            for (const CtlResult &result : {list, stats})
                QVERIFY2(result.exitCode == 2 && result.errorCode() == QStringLiteral("NoSessionRows"),
                         result.all().constData());
            return;
        }
        QVERIFY2(list.exitCode == 0, list.all().constData());
        QSet<QString> listed;
        const QJsonArray sessions = list.json().value(QStringLiteral("sessions")).toArray();
        for (const QJsonValue &value : sessions) {
            const QJsonObject session = value.toObject();
            listed << session.value(QStringLiteral("fingerprint")).toString() +
                          session.value(QStringLiteral("email")).toString() +
                          session.value(QStringLiteral("name")).toString() +
                          session.value(QStringLiteral("state")).toString() +
                          session.value(QStringLiteral("providers")).toArray().first().toString();
        }
        QSet<QString> signedIn;
        for (const auto &signIn : m_app->signIns())
            signedIn << base::Fingerprint::of(signIn.token).text() + signIn.email + signIn.name +
                            QStringLiteral("live") + signIn.provider;
        QCOMPARE(listed, signedIn);
        QCOMPARE(stats.json().value(QStringLiteral("live")).toInt(), int(m_app->signIns().size()));
        QCOMPARE(stats.json().value(QStringLiteral("activeUsers")).toInt(), 4);
    }

    void resolvesAsTheDeploymentDoes_data()
    {
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<bool>("valid");
        QTest::addColumn<bool>("expired");
        const auto &ada = m_app->signIns().at(0);
        QTest::newRow("valid") << ada.cookieHeader << true << false;
        QTest::newRow("missing") << QByteArray() << false << false;
        QByteArray tampered = ada.cookieHeader;
        const qsizetype middle = tampered.size() - ada.token.size() / 2;
        tampered[middle] = tampered.at(middle) == 'x' ? 'y' : 'x';
        QTest::newRow("tampered") << tampered << false << false;
        QTest::newRow("expired") << QByteArray() << false << true;
    }

    void resolvesAsTheDeploymentDoes()
    {
        QFETCH(QByteArray, cookie);
        QFETCH(bool, valid);
        QFETCH(bool, expired);
        if (expired)
            cookie = expiredCookie();
        QVERIFY(!expired || !cookie.isEmpty());
        std::unique_ptr<store::SessionStore> store;
        if (m_app->hasRows()) {
            auto opened = m_deployment->openStore(store::Access::ReadOnly, soon());
            QVERIFY2(opened, opened ? "" : qPrintable(base::oneLine(opened.error())));
            store = std::move(*opened);
        }
        // The deployment itself is asked last: asking it with an expired cookie deletes the row.
        const QDateTime before = QDateTime::currentDateTimeUtc();
        std::vector<SessionSeen> answers;
        for (const auto mode : {engine::Mode::Local, engine::Mode::Cached, engine::Mode::Cached, engine::Mode::Proxy}) {
            const auto resolver =
                m_deployment->makeResolver(mode, store.get(), engine::Effects::Observe, std::chrono::minutes(1));
            QVERIFY(resolver);
            const session::Resolution resolution = (*resolver)->resolve(cookie, soon());
            const QByteArray where =
                engine::modeName(mode).toUtf8() + ": " +
                (resolution.reason ? session::nullReasonName(*resolution.reason) : QStringLiteral("a session"))
                    .toUtf8() +
                ' ' + resolution.evidence.toUtf8();
            QVERIFY2(resolution.hasSession() == valid, where.constData());
            QVERIFY2(resolution.reason.has_value() != resolution.hasSession(), where.constData());
            answers.push_back(seen(resolution.session));
        }
        answers.push_back(seen(askDirectly(cookie)));
        const SessionSeen &truth = answers.back();
        QCOMPARE(truth.found, valid);
        for (const SessionSeen &answer : answers) {
            QCOMPARE(answer.name, truth.name);
            QCOMPARE(answer.email, truth.email);
            if (!valid)
                continue;
            // A row has one expiry; a JWT is renewed at every request.
            const qint64 tolerance = m_app->hasRows() ? 0 : before.msecsTo(QDateTime::currentDateTimeUtc()) + 2'000;
            QVERIFY2(std::abs(answer.expires.msecsTo(truth.expires)) <= tolerance,
                     qPrintable(answer.expires.toString(Qt::ISODateWithMs)));
        }
    }

    void resolvesOnTheCommandLine()
    {
        const auto &ada = m_app->signIns().at(0);
        for (const char *mode : {"local", "cached", "proxy"}) {
            const CtlResult good = ctl(words("resolve --mode") << QString::fromLatin1(mode)
                                                               << QStringLiteral("--cookie-file") << ada.cookieFile);
            QVERIFY2(good.exitCode == 0, good.all().constData());
            QCOMPARE(good.json()
                         .value(QStringLiteral("session"))
                         .toObject()
                         .value(QStringLiteral("user"))
                         .toObject()
                         .value(QStringLiteral("email"))
                         .toString(),
                     ada.email);
            QVERIFY(good.json().value(QStringLiteral("reason")).isNull());
            const CtlResult none = ctl(words("resolve --cookie-file - --mode") << QString::fromLatin1(mode));
            QVERIFY2(none.exitCode == 1 && !none.json().value(QStringLiteral("reason")).toString().isEmpty(),
                     none.all().constData());
        }
    }

    void latencyRunsWithoutErrors()
    {
        const CtlResult before = ctl(words("sessions stats --now 1781524800"));
        const CtlResult result =
            ctl(words("latency run --route /api/health --route /api/me --route /dashboard --modes local,proxy,cached "
                      "--samples 8 --concurrency 2 --guards off --yes"));
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 12); // cached counts twice: hits and misses
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            QVERIFY2(cell.value(QStringLiteral("errors")).toObject().isEmpty() &&
                         cell.value(QStringLiteral("ok")).toInt() == 8,
                     QJsonDocument(cell).toJson().constData());
        }
        // Everybody's sessions are as they were, and no canary is left.
        const CtlResult after = ctl(words("sessions stats --now 1781524800"));
        QCOMPARE(after.out, before.out);
        if (m_app->hasRows()) {
            const CtlResult canaries = ctl(words("sessions list --state all --search rollcall.invalid"));
            QVERIFY2(canaries.exitCode == 0 && canaries.json().value(QStringLiteral("sessions")).toArray().isEmpty(),
                     canaries.all().constData());
        }
    }

    void revocationsAreTimed()
    {
        const CtlResult result =
            ctl(words("latency propagation --modes local,proxy,cached --trials 4 --interval 50ms --cache-ttl 800ms "
                      "--age 300ms --settle 500ms --horizon 3s --yes"));
        QVERIFY2(result.exitCode == 0, result.all().constData());
        const QJsonArray cells = result.json().value(QStringLiteral("cells")).toArray();
        QCOMPARE(cells.size(), 3);
        for (const QJsonValue &value : cells) {
            const QJsonObject cell = value.toObject();
            QCOMPARE(cell.value(QStringLiteral("strategy")).toString(), m_app->text("strategy"));
            QCOMPARE(cell.value(QStringLiteral("trials")).toInt(), 4);
            // A row that is gone is refused; a JWT of which the deployment is told nothing is not.
            QCOMPARE(cell.value(QStringLiteral("refused")).toInt(), m_app->hasRows() ? 4 : 0);
            QCOMPARE(cell.value(QStringLiteral("maxMs")).isDouble(), m_app->hasRows());
        }
        if (m_app->hasRows()) {
            const auto maximum = [&cells](qsizetype i) {
                return cells.at(i).toObject().value(QStringLiteral("maxMs")).toDouble();
            };
            QVERIFY2(maximum(1) < 1'000, result.all().constData());
            QVERIFY2(maximum(2) > maximum(0) && maximum(2) < 1'500, result.all().constData());
        }
    }

    void revocationIsTrue()
    {
        if (m_app->hasRows())
            revokeOneAndTheDeploymentRefusesIt();
        else
            jwtSessionsAreNotRevocableAndStay();
    }

private:
    void revokeOneAndTheDeploymentRefusesIt()
    {
        const auto &ben = m_app->signIns().at(1);
        const QString fingerprint = base::Fingerprint::of(ben.token).text();
        const CtlResult list = ctl(words("sessions list --user") << ben.email);
        const QJsonObject row = list.json().value(QStringLiteral("sessions")).toArray().first().toObject();
        QCOMPARE(row.value(QStringLiteral("fingerprint")).toString(), fingerprint);
        const QString name = row.value(QStringLiteral("id")).toString(fingerprint);

        const CtlResult refused = ctl(words("sessions revoke --verify --session") << name);
        QVERIFY2(refused.exitCode == 4, refused.all().constData());
        QVERIFY(seen(askDirectly(ben.cookieHeader)).found);

        const CtlResult revoked = ctl(words("sessions revoke --verify --yes --reason test --session") << name);
        QVERIFY2(revoked.exitCode == 0, revoked.all().constData());
        QCOMPARE(revoked.json().value(QStringLiteral("revoked")).toInt(), 1);
        const QJsonObject verification = revoked.json().value(QStringLiteral("verification")).toObject();
        QCOMPARE(verification.value(QStringLiteral("checked")).toInt(), 1);
        QCOMPARE(verification.value(QStringLiteral("refused")).toInt(), 1);
        QCOMPARE(verification.value(QStringLiteral("stillAccepted")).toInt(-1), 0);
        QCOMPARE(verification.value(QStringLiteral("unchecked")).toInt(-1), 0);
        QVERIFY(verification.value(QStringLiteral("timeToEffectMs")).isDouble());

        QVERIFY(!seen(askDirectly(ben.cookieHeader)).found);
        for (const int other : {0, 2, 4})
            QVERIFY2(seen(askDirectly(m_app->signIns().at(static_cast<size_t>(other)).cookieHeader)).found,
                     qPrintable(QString::number(other)));
        const CtlResult again = ctl(words("sessions revoke --verify --yes --session") << name);
        QVERIFY2(again.exitCode == 1 && !again.json().value(QStringLiteral("unmatched")).toArray().isEmpty(),
                 again.all().constData());
        const CtlResult audit = ctl(words("audit verify"));
        QVERIFY2(audit.exitCode == 0, audit.all().constData());
        QVERIFY(audit.json().value(QStringLiteral("entries")).toInt() >= 2);
    }

    void jwtSessionsAreNotRevocableAndStay()
    {
        const CtlResult result = ctl(words("sessions revoke --all --yes"));
        QVERIFY2(result.exitCode == 1 && result.err.contains("JWT"), result.all().constData());
        QCOMPARE(result.json().value(QStringLiteral("matched")).toInt(-1), 0);
        QVERIFY(result.json().value(QStringLiteral("auditId")).isNull());
        QCOMPARE(
            result.json().value(QStringLiteral("notRevocable")).toObject().value(QStringLiteral("strategy")).toString(),
            QStringLiteral("jwt"));
        QVERIFY2(ctl(words("audit list")).json().value(QStringLiteral("entries")).toArray().isEmpty(),
                 "nothing was done, so nothing is on record");
        for (const auto &signIn : m_app->signIns())
            QVERIFY2(seen(askDirectly(signIn.cookieHeader)).found, qPrintable(signIn.user));
    }

    CtlResult ctl(const QStringList &command)
    {
        return m_ctl.run(command + QStringList{QStringLiteral("--env-file"), m_app->text("envFile")});
    }

    /// What the deployment itself answers, asked without any code of ours above the HTTP client.
    std::optional<QByteArray> askDirectly(const QByteArray &cookie)
    {
        http::HttpRequest request;
        request.url = QUrl(m_app->text("baseUrl") + m_app->text("basePath") + QStringLiteral("/session"));
        if (!cookie.isEmpty())
            request.headers.emplace_back("Cookie", cookie);
        const auto response = http::HttpClient({}).send(request, soon());
        if (!response || response->status != 200) {
            QTest::qFail("the deployment does not answer", __FILE__, __LINE__);
            return std::nullopt;
        }
        const QJsonObject body = QJsonDocument::fromJson(response->body).object();
        return body.isEmpty() ? std::nullopt : std::optional(response->body);
    }

    /// A cookie that was good once: a row put into the past by SQL, or a token sealed in the past.
    QByteArray expiredCookie()
    {
        const auto &taro = m_app->signIns().at(3);
        if (m_app->hasRows()) {
            const QString table =
                m_app->version() == QStringLiteral("v4") ? QStringLiteral("sessions") : QStringLiteral("session");
            const bool done = m_app->sql(QStringLiteral("UPDATE %1 SET expires = now() AT TIME ZONE 'UTC' - interval "
                                                        "'1 hour' WHERE \"sessionToken\" = '%2'")
                                             .arg(table, QString::fromUtf8(taro.token)));
            return done ? taro.cookieHeader : QByteArray();
        }
        const session::AuthProfile &auth = *m_deployment->auth();
        const QByteArray salt =
            auth.version == session::AuthVersion::V4 ? QByteArray() : engine::sessionCookieName(auth);
        const auto token =
            jose::encodeToken(auth.version, R"({"name":"Taro","email":"taro@example.com","sub":"taro"})", auth.secrets,
                              salt, std::chrono::hours(1), m_clock.now() - std::chrono::hours(2));
        if (!token)
            return {};
        return engine::cookieHeaderFor(auth, *token).view().toByteArray();
    }

    base::SystemClock m_clock;
    CtlProcess m_ctl;
    std::unique_ptr<NextDeployment> m_app;
    std::shared_ptr<deployment::Deployment> m_deployment;
};

QTEST_GUILESS_MAIN(DeploymentsTest)
#include "tst_Deployments.moc"
