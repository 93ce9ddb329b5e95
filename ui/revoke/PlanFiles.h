#pragma once

#include <QObject>

#include <functional>
#include <memory>

#include "core/async/Mailbox.h"
#include "core/revoke/Approval.h"
#include "core/revoke/SavedPlan.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// A plan's file, as it was found.
struct FoundPlan
{
    QString path;
    SavedPlan saved;
    std::shared_ptr<const RevocationPlan> plan; ///< null where it cannot be carried out here
    std::optional<base::Error> whyNot;          ///< why not; nullopt: it can
    bool isOurs = false;                        ///< it was made with this key: its owner cannot approve it
    QString openInstead; ///< the database that is open where that is another than the plan's; else empty
};

/// Writes and reads the files of plans and approvals on the engine worker of a connection. **Thread-safety:** GUI
/// thread only; never blocks.
class PlanFiles final : public QObject
{
    Q_OBJECT

public:
    /// @p connection outlives this object.
    explicit PlanFiles(common::OpenConnection &connection, QObject *parent = nullptr);

    /// Writes @p plan to the file @p path for @p reason, its keys sealed and all of it signed; ends in written() or
    /// failed().
    void save(const std::shared_ptr<const RevocationPlan> &plan, const QString &reason, const QString &path);
    /// Reads the plan at @p path; ends in found() or failed().
    void open(const QString &path);
    /// Approves @p summary with the own key, which is made where there is none, in the file @p path; ends in
    /// approved() or failed().
    void approve(const PlanSummary &summary, const QString &path);
    /// Reads the approval at @p path and sees whether it approves @p plan at this connection, as @p saved says where it
    /// came from a file, and has not been used; ends in accepted() or failed().
    void accept(const std::shared_ptr<const RevocationPlan> &plan, const std::optional<PlanSummary> &saved,
                const QString &path);

Q_SIGNALS:
    void written(const QString &path);
    void found(const rollcall::revoke::FoundPlan &plan);
    /// @p approver: the own key's name, which the planner's connection must list.
    void approved(const QString &path, const QString &approver);
    void accepted(const rollcall::revoke::Approval &approval);
    void failed(const rollcall::base::Error &error);

private:
    /// What a job answers: called on the GUI thread.
    using Answer = std::function<void()>;
    void submit(std::function<base::Result<Answer>(const base::Call &call)> job);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
};

} // namespace rollcall::revoke
