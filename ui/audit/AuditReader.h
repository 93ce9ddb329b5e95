#pragma once

#include <QObject>

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/audit/AuditLog.h"

namespace rollcall::audit {

/// What one reading of the log found: its newest entries, and whether the whole of it holds.
struct AuditReading
{
    AuditState state;
    std::vector<AuditEntry> entries;       ///< newest first, AuditReader::mostShown at most
    std::optional<base::Error> unreadable; ///< why the log could not be read beyond its break
    bool isSound = false;                  ///< whole, signed, and no act would say anything of it
    bool laterLeftOut = false;             ///< so much follows a break that its end was not reached
    std::chrono::nanoseconds took{0};      ///< to check the whole log
};

/// Reads and checks the audit log on a worker of its own; a newer call replaces the older.
/// **Thread-safety:** GUI thread only; never blocks (destruction waits for the reading that runs).
class AuditReader final : public QObject
{
    Q_OBJECT

public:
    static constexpr int mostShown = 2'000;

    /// @p log is borrowed and outlives this object.
    explicit AuditReader(const AuditLog &log, QObject *parent = nullptr);
    ~AuditReader() override;

    /// Ends in ready() or failed(), unless a newer call or cancel() comes first.
    void read();
    /// Forgets what runs.
    void cancel();

Q_SIGNALS:
    void ready(const rollcall::audit::AuditReading &reading);
    void failed(const rollcall::base::Error &error);

private:
    const AuditLog &m_log;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::audit
