#include <QtTest>

#include <algorithm>

#include "core/probe/PropagationRun.h"
#include "tests/unit/revoke/RevokeFixture.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using probe::PropagationPlan;
using test::Reply;
using test::RevokeFixture;
using test::ScriptedServer;

namespace {

constexpr int threads = 4; // that ask: of each one question may be on its way when a pause begins

PropagationPlan plan(int trials)
{
    PropagationPlan plan;
    plan.modes = {probe::ProbeMode::Proxy};
    plan.trials = trials;
    plan.interval = 20ms;
    plan.age = 100ms;
    plan.settle = 0ms;
    plan.mayWrite = true;
    plan.seed = 7;
    return plan;
}

/// A deployment that answers the questions about sessions of these numbers, from 0, with @ref status, and notes when
/// each came.
class Limiting final
{
public:
    Limiting(RevokeFixture &fixture, int status, QByteArray head, std::function<bool(int)> isLimited)
    {
        fixture.instead = [this, status, head = std::move(head), isLimited = std::move(isLimited)](
                              const ScriptedServer::Request &request) -> std::optional<Reply> {
            if (!request.requestLine().contains("/session") || !request.header("cookie").contains("session-token"))
                return std::nullopt;
            const std::lock_guard lock(m_mutex);
            m_asked.push_back(Call::Clock::now());
            if (!isLimited(static_cast<int>(m_asked.size()) - 1))
                return std::nullopt;
            return Reply::http(status, "", "text/plain", head);
        };
    }
    [[nodiscard]] std::vector<Call::Clock::time_point> asked() const
    {
        const std::lock_guard lock(m_mutex);
        return m_asked;
    }
    /// The longest time without a question.
    [[nodiscard]] Call::Clock::duration longestRest() const
    {
        const auto times = asked();
        Call::Clock::duration longest{0};
        for (std::size_t i = 1; i < times.size(); ++i)
            longest = std::max(longest, times[i] - times[i - 1]);
        return longest;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<Call::Clock::time_point> m_asked;
};

} // namespace

/// Propagation trials on a deployment that asks for fewer requests.
class PropagationLimitsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itWaitsAsLongAsIsAskedAndGoesOn()
    {
        RevokeFixture fixture;
        // Thirty are under way at most, so ten of them are over then or have not begun; of the others most are revoked.
        constexpr int limited = 250;
        Limiting limiting(fixture, 429, "Retry-After: 10\r\n", [](int number) { return number == limited; });
        const auto outcome = probe::runPropagation(plan(40), fixture.deployment, fixture.log.get(), fixture.call());
        QVERIFY2(outcome.has_value(), outcome ? "" : qPrintable(base::errorName(outcome.error().code)));
        QVERIFY2(!outcome->guard, outcome->guard ? qPrintable(outcome->guard->detail) : "");
        QVERIFY(!outcome->error);
        const probe::PropagationCell &cell = outcome->cells.front();
        QCOMPARE(cell.statuses, (std::map<int, int>{{429, 1}}));
        QCOMPARE(cell.figures.trials + cell.figures.failed, 40);
        // Ten seconds from when the answer was read: on a busy machine others ask until then, and after the server
        // wrote it.
        QVERIFY2(limiting.longestRest() > 8s,
                 qPrintable(QString::number(std::chrono::duration<double>(limiting.longestRest()).count())));
        QVERIFY(limiting.asked().size() > limited + threads);
        // What was revoked when the pause began is given up, so that no figure spans it.
        QVERIFY(cell.figures.trials > 0 && cell.figures.failed > 0);
        QVERIFY2(cell.figures.longest->ms < 9'000, qPrintable(QString::number(cell.figures.longest->ms)));
        QCOMPARE(outcome->notes.size(), 1);
        QVERIFY2(outcome->notes.front().contains(u"429") && outcome->notes.front().contains(u"10.0 s"),
                 qPrintable(outcome->notes.front()));
        QCOMPARE(fixture.rows(), 5);
    }

    void theSecondTimeItEnds()
    {
        RevokeFixture fixture;
        Limiting limiting(fixture, 503, "Retry-After: 1\r\n", [](int number) { return number >= 30; });
        const auto outcome = probe::runPropagation(plan(12), fixture.deployment, fixture.log.get(), fixture.call());
        QVERIFY(outcome.has_value() && outcome->guard);
        QCOMPARE(outcome->guard->rule, QStringLiteral("rate-limited"));
        QVERIFY2(outcome->guard->detail.contains(u"503"), qPrintable(outcome->guard->detail));
        QVERIFY(outcome->cells.front().statuses.at(503) >= 2);
        QVERIFY(limiting.longestRest() > 500ms);
        QVERIFY2(limiting.asked().size() <= 30 + 2 * threads, "it went on asking");
        QCOMPARE(fixture.rows(), 5);
    }

    void oneThatWantsTooLongEndsItAtOnce()
    {
        RevokeFixture fixture;
        Limiting limiting(fixture, 429, "Retry-After: 3600\r\n", [](int number) { return number >= 10; });
        const auto outcome = probe::runPropagation(plan(4), fixture.deployment, fixture.log.get(), fixture.call());
        QVERIFY(outcome.has_value() && outcome->guard);
        QCOMPARE(outcome->guard->rule, QStringLiteral("rate-limited"));
        QVERIFY2(outcome->notes.isEmpty(), "it paused"); // which is said
        QVERIFY(limiting.asked().size() <= 10 + threads);
        QCOMPARE(fixture.rows(), 5);
    }
};

QTEST_GUILESS_MAIN(PropagationLimitsTest)
#include "tst_PropagationLimits.moc"
