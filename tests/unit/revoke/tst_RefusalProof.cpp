#include <QtTest>

#include "RevocationSteps.h"
#include "RevokeFixture.h"

using namespace rollcall;
using namespace rollcall::revoke;
using test::options;
using test::RevokeFixture;

namespace {

/// How long a refusal is waited for that does not come: all of it passes, and there must be an answer within it.
constexpr std::chrono::seconds inVain{2};

} // namespace

/// Whether a revocation took effect is asked of the deployment, and told as it answers.
class RefusalProofTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatTheDeploymentSaysIsToldAsItIs_data()
    {
        QTest::addColumn<QString>("deployment");
        QTest::addColumn<int>("proof");
        QTest::addColumn<QString>("answer");
        QTest::newRow("still accepts") << QStringLiteral("accepts") << int(ProofOutcome::StillAccepted)
                                       << QStringLiteral("200 session");
        QTest::newRow("did not look") << QStringLiteral("blind") << int(ProofOutcome::Unchecked)
                                      << QStringLiteral("not looked at");
        QTest::newRow("fails") << QStringLiteral("fails") << int(ProofOutcome::Unchecked)
                               << QStringLiteral("proxy-5xx");
        QTest::newRow("shows a page") << QStringLiteral("html") << int(ProofOutcome::Unchecked)
                                      << QStringLiteral("proxy-not-json");
        QTest::newRow("hangs") << QStringLiteral("hangs") << int(ProofOutcome::Unchecked)
                               << QStringLiteral("proxy-timeout");
    }
    void whatTheDeploymentSaysIsToldAsItIs()
    {
        QFETCH(QString, deployment);
        QFETCH(int, proof);
        QFETCH(QString, answer);
        RevokeFixture fixture;
        const auto plan = fixture.plan(2);
        fixture.acceptsAll = deployment == u"accepts";
        fixture.instead = [deployment](const test::ScriptedServer::Request &) -> std::optional<test::Reply> {
            if (deployment == u"blind")
                return test::Reply::http(200, "null");
            if (deployment == u"fails")
                return test::Reply::http(500, "{}");
            if (deployment == u"html")
                return test::Reply::http(200, "<html>", "text/html");
            if (deployment != u"hangs")
                return std::nullopt;
            test::Reply reply;
            reply.hang = true;
            return reply;
        };
        RevocationOptions wanted = options(true);
        wanted.verifyFor = inVain;
        const auto report = fixture.carryOut(plan, wanted);
        QVERIFY(report);
        QCOMPARE(report->revoked, 2);
        for (const RowReport &row : report->rows) {
            QCOMPARE(int(row.proof), proof);
            QVERIFY2(row.answer.contains(answer), qPrintable(row.answer));
        }
        const bool accepted = proof == int(ProofOutcome::StillAccepted);
        QCOMPARE(report->verification->stillAccepted, accepted ? 2 : 0);
        QCOMPARE(report->verification->unchecked, accepted ? 0 : 2);
        QVERIFY(!report->verification->timeToEffect);
    }

    void aRefusalThatComesLaterIsWaitedFor()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(1);
        std::atomic<int> questions{0};
        fixture.instead = [&](const test::ScriptedServer::Request &) -> std::optional<test::Reply> {
            return ++questions <= 2 ? std::optional(test::Reply::http(200, "{\"user\":{},\"expires\":\"x\"}"))
                                    : std::nullopt;
        };
        const auto report = fixture.carryOut(plan, options(true));
        QVERIFY(report);
        QCOMPARE(report->verification->refused, 1);
        QCOMPARE(questions, 3);
    }

    void aCanaryShowsThatTheProofWorks_data()
    {
        QTest::addColumn<bool>("accepted");
        QTest::newRow("accepted") << true;
        QTest::newRow("not accepted") << false;
    }
    void aCanaryShowsThatTheProofWorks()
    {
        QFETCH(bool, accepted);
        RevokeFixture fixture;
        const auto plan = fixture.plan(1);
        fixture.acceptsNone = !accepted;
        RevocationOptions wanted = options(true);
        wanted.canary = true;
        if (!accepted)
            wanted.verifyFor = inVain;
        const auto report = fixture.carryOut(plan, wanted);
        QVERIFY(report);
        QCOMPARE(report->verification->controlAccepted, std::optional(accepted));
        QCOMPARE(report->verification->refused, accepted ? 1 : 0);
        QCOMPARE(report->verification->unchecked, accepted ? 0 : 1);
        QCOMPARE(report->matched, 1);
        QCOMPARE(fixture.rows(), 4);
        QVERIFY2(fixture.askedWhileLive == 0, "a live user's cookie was sent");
        const QJsonObject record = report->verification->recordJson();
        QCOMPARE(record.value(QStringLiteral("controlAccepted")), QJsonValue(accepted));
        if (!accepted)
            QVERIFY2(report->verification->because().contains(QStringLiteral("so was a live canary")),
                     qPrintable(report->verification->because()));
    }

    void aControlWithoutAnAnswerIsNoRefusal_data()
    {
        QTest::addColumn<bool>("cancelled");
        QTest::newRow("down for a while") << false;
        QTest::newRow("cancelled meanwhile") << true;
    }
    void aControlWithoutAnAnswerIsNoRefusal()
    {
        QFETCH(const bool, cancelled);
        RevokeFixture fixture;
        const auto plan = fixture.plan(1);
        const QByteArray revoked = plan.rows.front().key.token.view().toByteArray();
        fixture.instead = [&, revoked](const test::ScriptedServer::Request &request) -> std::optional<test::Reply> {
            if (request.bytes.contains(revoked))
                return std::nullopt;
            if (cancelled)
                fixture.stop.request_stop();
            return test::Reply::http(503, "down");
        };
        RevocationOptions wanted = options(true);
        wanted.canary = true;
        const auto report = fixture.carryOut(plan, wanted);
        QVERIFY(report && report->verification);
        QVERIFY(!report->verification->controlAccepted);
        const QString why = report->verification->whyNoControl;
        QVERIFY2(why.contains(u"gave no answer about a canary") && why.contains(u"cancelled") == cancelled,
                 qPrintable(why));
        QCOMPARE(report->verification->refused, cancelled ? 0 : 1);
        QCOMPARE(report->verification->recordJson().value(QStringLiteral("whyNoControl")), QJsonValue(why));
        QVERIFY(!report->verification->because().contains(QStringLiteral("so was a live canary")));
    }

    void whatIsAcceptedNeedsNoControl()
    {
        // A deployment that goes by what it has seen, and not by the database: it knows no canary.
        RevokeFixture fixture;
        const auto plan = fixture.plan(1);
        const QByteArray revoked = plan.rows.front().key.token.view().toByteArray();
        fixture.acceptsAll = true;
        fixture.instead = [revoked](const test::ScriptedServer::Request &request) -> std::optional<test::Reply> {
            return request.bytes.contains(revoked) ? std::nullopt : std::optional(test::Reply::http(200, "{}"));
        };
        RevocationOptions wanted = options(true);
        wanted.canary = true;
        wanted.verifyFor = inVain;
        const auto report = fixture.carryOut(plan, wanted);
        QVERIFY(report);
        QCOMPARE(report->verification->controlAccepted, std::optional(false));
        QCOMPARE(report->verification->stillAccepted, 1);
    }

    void ofManyASampleIsAskedAbout()
    {
        for (const bool acceptsAll : {false, true}) {
            RevokeFixture fixture;
            fixture.acceptsAll = acceptsAll;
            RevocationOptions few = options(true);
            few.mostAsked = 2;
            if (acceptsAll)
                few.verifyFor = inVain;
            const auto report = fixture.carryOut(fixture.plan(5), few);
            QVERIFY(report && !report->error);
            QCOMPARE(report->revoked, 5);
            QCOMPARE(report->verification->checked, 2);
            QCOMPARE(report->verification->refused, acceptsAll ? 0 : 2);
            QCOMPARE(report->verification->unchecked, 0);
            QCOMPARE(report->verification->sampledOf, std::optional<qint64>(5));
            QCOMPARE(std::ranges::count(report->rows, ProofOutcome::NotAsked, &RowReport::proof), 3);
            const QList<QByteArray> asked = fixture.fake->tokensAsked();
            QCOMPARE(QSet<QByteArray>(asked.cbegin(), asked.cend()).size(), 2);
            // 0.05^(1/2): that two of two are refused tells little.
            QCOMPARE(report->verification->mostStillAccepted.has_value(), !acceptsAll);
            if (!acceptsAll)
                QVERIFY(std::abs(*report->verification->mostStillAccepted - 0.7764) < 0.0001);
            const QJsonObject recorded = *fixture.audited().back().verification;
            QCOMPARE(recorded.value(QStringLiteral("sampledOf")).toInt(), 5);
        }
        RevokeFixture whole;
        const auto report = whole.carryOut(whole.plan(2), options(true));
        QVERIFY(report && !report->verification->sampledOf && !report->verification->mostStillAccepted);
    }
};

QTEST_GUILESS_MAIN(RefusalProofTest)
#include "tst_RefusalProof.moc"
