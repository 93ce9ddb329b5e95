#pragma once

#include <functional>
#include <thread>

#include "core/probe/ProbeThread.h"
#include "tests/support/ScriptedServer.h"

namespace rollcall::test {

/// The body of an answer with a session, and that answer.
inline constexpr auto sessionJson = R"({"user":{"name":"A"},"expires":"2099-01-01T00:00:00.000Z"})";
[[nodiscard]] Reply session();

/// A plan towards a server of our own: guards off, one route, @p samples a cell.
[[nodiscard]] probe::RunPlan planOf(const QString &modes, int samples);
/// The setup of @p plan, all cells towards @p origin, with a session cookie or without one.
[[nodiscard]] probe::RunSetup setupOf(const probe::RunPlan &plan, const QUrl &origin, bool cookie = true);

/// What a run left.
struct Ran
{
    probe::RunRecord::State state;
    std::vector<probe::Sample> samples;
};
[[nodiscard]] Ran run(const probe::RunSetup &setup,
                      const base::Call &call = base::Call::within(std::chrono::seconds(20)),
                      probe::LocalProbe *local = nullptr);

[[nodiscard]] qsizetype countWhere(const std::vector<probe::Sample> &samples,
                                   const std::function<bool(const probe::Sample &)> &predicate);

/// Answers after two milliseconds of work on a thread of its own.
class BusyLocal final : public probe::LocalProbe
{
public:
    void measure(const probe::CellId &cell, Done done) override;
    void freshen(std::function<void()> done) override;
    void cancel() override {}
    [[nodiscard]] std::optional<qint64> connectNs() const override { return std::nullopt; }
    [[nodiscard]] int batchOf(const probe::CellId &cell) const override;

    int freshened = 0;
    std::chrono::milliseconds freshenFor{0};

private:
    std::jthread m_thread;
};

} // namespace rollcall::test
