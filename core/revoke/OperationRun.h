#pragma once

#include <QJsonObject>

#include "core/audit/AuditLog.h"
#include "core/deployment/Deployment.h"
#include "core/revoke/OperationJournal.h"
#include "core/revoke/ReplicaWait.h"

namespace rollcall::revoke {

/// What the entries of one operation say alike.
struct RunSubject
{
    QString action; ///< "sessions.revoke", …
    QString planDigest;
    QString reason;
    QJsonObject counts; ///< of intent and outcome both
};

/// What a run of any operation does alike: its two entries in the audit log, the list of what was done and when, where
/// it stops, and whether it stays among the unfinished operations. **Thread-safety:** one thread.
class OperationRun final
{
public:
    /// All but @p subject are borrowed. @p done and @p error are the report's: what it adds to, and why it stopped.
    OperationRun(RunSubject subject, const deployment::Deployment &deployment, audit::AuditLog &log,
                 OperationJournal &journal, const base::Call &call, std::vector<Done> &done,
                 std::optional<base::Error> &error);

    void note(const QString &what);
    /// Notes "@p what: why", and keeps @p error as the report's where it has none.
    void failed(const QString &what, const base::Error &error);
    /// For what must be done however the operation ended: cancelling it must not keep its outcome from the log.
    [[nodiscard]] base::Call cleanup() const;

    /// Puts the intent on record, with @p counts besides; @p doneBefore: by earlier runs. Where that fails with the
    /// intent on record all the same, and no batch was ever begun, an outcome that says so is put after it. Errors:
    /// those of AuditLog::append().
    [[nodiscard]] base::Status writeIntent(QJsonObject counts, qint64 doneBefore);
    /// Puts the outcome on record, with @p counts besides and the report's error. Where that fails, it stands in the
    /// report.
    void writeOutcome(QJsonObject counts, const std::optional<QJsonObject> &verification = {});

    /// Lets replicas catch up before the next batch, unless it is to stop; @p onWait is called where that takes time.
    /// Notes where they were given up. Whether it waited.
    [[nodiscard]] bool waitFor(ReplicaWait &replicas, const std::function<void()> &onWait);
    /// Whether the next batch may begin; else why not stands in the report. @p what: "The prune"; @p border: "step 3".
    [[nodiscard]] bool mayGoOn(const QString &what, const QString &border);
    /// Whether another run can go on with it: it was paused, the link was lost, or it stopped with rows @p touched.
    /// A cancelled one has ended.
    [[nodiscard]] bool isResumable(bool touched) const;
    /// It stays unfinished: says so.
    void keep();
    /// It has ended, and @p before it went well or not: its files are removed. What fails stands in the report.
    void remove(base::Status before = {});

private:
    /// Puts after an intent that stands on record, though its writing ended in @p error, that nothing was done.
    void closeIntent(const base::Error &error);
    [[nodiscard]] audit::AuditEntry entry(audit::Phase phase, const QJsonObject &counts) const;

    RunSubject m_subject;
    const deployment::Deployment &m_deployment;
    audit::AuditLog &m_log;
    OperationJournal &m_journal;
    const base::Call &m_call;
    std::vector<Done> &m_done;
    std::optional<base::Error> &m_error;
    bool m_paused = false; ///< it stopped because that was wanted
};

} // namespace rollcall::revoke
