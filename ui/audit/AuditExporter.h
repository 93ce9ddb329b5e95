#pragma once

#include <QObject>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/audit/AuditExport.h"
#include "core/audit/EvidencePack.h"

namespace rollcall::audit {

/// Writes the audit log, or evidence of a part of it, to files, on a worker of its own.
/// **Thread-safety:** GUI thread only; never blocks (destruction waits for the file that is written).
class AuditExporter final : public QObject
{
    Q_OBJECT

public:
    /// @p log and @p clock are borrowed and outlive this object.
    AuditExporter(const AuditLog &log, const base::Clock &clock, QObject *parent = nullptr);
    ~AuditExporter() override;

    /// Writes the whole log to @p path; ends in exported() or failed().
    void exportTo(ExportForm form, const QString &path);
    /// Packs the evidence of @p scope into the archive @p path; ends in packed() or failed().
    void pack(const EvidenceScope &scope, const QString &path);

Q_SIGNALS:
    void exported(const QString &path, qint64 entries);
    void packed(const QString &path, const rollcall::audit::Evidence &evidence);
    void failed(const rollcall::base::Error &error);

private:
    /// What a job answers: called on the GUI thread.
    using Answer = std::function<void()>;
    void submit(std::function<base::Result<Answer>(const base::Call &call)> job);

    const AuditLog &m_log;
    const base::Clock &m_clock;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    async::Worker m_worker; ///< last: it is joined before anything its jobs use is gone
};

} // namespace rollcall::audit
