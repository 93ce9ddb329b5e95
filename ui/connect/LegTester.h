#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <functional>
#include <map>

#include "ui/connect/ConnectionOpener.h"

namespace rollcall::connect {

/// Tries some legs of a connection a while after the last edit of what concerns them.
/// **Thread-safety:** GUI thread only; never blocks.
class LegTester final : public QObject
{
    Q_OBJECT

public:
    /// Makes the configuration to try, with the parts of these legs alone; nullopt: there is nothing to try.
    using Input = std::function<base::Result<std::optional<deployment::ConnectionConfig>>()>;

    static constexpr std::chrono::milliseconds debounce{600};
    static constexpr std::chrono::milliseconds timeout{10'000}; ///< of each operation

    /// @p clock is borrowed and outlives this object.
    LegTester(Input input, const base::Clock &clock, QObject *parent = nullptr);

    /// Something was edited: what is known no longer holds; it is tried once typing rests.
    void touch();
    /// Tries at once.
    void start();
    /// Ends a test; what it would have found stays unknown until the next edit.
    void cancel();

    [[nodiscard]] bool isTesting() const { return m_opener.isBusy(); }
    /// Waiting for typing to rest, or testing.
    [[nodiscard]] bool isPending() const { return isTesting() || m_debounce.isActive(); }
    [[nodiscard]] std::chrono::milliseconds elapsed() const { return std::chrono::milliseconds(m_elapsed.elapsed()); }
    [[nodiscard]] bool wasCancelled() const { return m_cancelled; }
    /// What is wrong with the input itself, if anything.
    [[nodiscard]] const std::optional<base::Error> &inputError() const { return m_inputError; }
    /// What is known of @p kind now, or null.
    [[nodiscard]] const deployment::Leg *leg(deployment::LegKind kind) const;
    /// The last complete result since the last edit, or null.
    [[nodiscard]] const deployment::CheckResult *result() const { return m_result ? &*m_result : nullptr; }

Q_SIGNALS:
    /// Something above answers otherwise than before.
    void changed();

private:
    void forget();

    Input m_input;
    ConnectionOpener m_opener;
    QTimer m_debounce;
    QElapsedTimer m_elapsed;
    bool m_cancelled = false;
    std::optional<base::Error> m_inputError;
    std::map<deployment::LegKind, deployment::Leg> m_legs;
    std::optional<deployment::CheckResult> m_result;
};

} // namespace rollcall::connect
