#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/Pruner.h"
#include "ui/common/Activities.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// Takes one prune from its options, or from where it was interrupted, to its outcome: counts on the count worker,
/// deletes on the write worker, as an activity that goes on without the controller. **Thread-safety:** GUI thread only;
/// never blocks.
class PruneController final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives the controller.
    explicit PruneController(common::OpenConnection &connection, QObject *parent = nullptr);
    ~PruneController() override;

    /// Counts anew what expired longer ago than @p olderThan; ends in planReady() or failed(). What was being counted
    /// before is cancelled.
    void plan(std::chrono::milliseconds olderThan);
    /// Carries the plan out for @p reason as the activity @p title; ends in finished() or failed(). Nothing where there
    /// is no plan.
    void carryOut(const QString &reason, bool paced, const QString &title);
    /// Goes on with @p operation; ends in finished() or failed().
    void resume(const Operation &operation, const QString &title);
    /// Ends the operation @p id where it stands; ends in discarded() or failed().
    void discard(const QString &id);

    /// What runs; null before and where it could not begin.
    [[nodiscard]] common::Activity *activity() const { return m_activity; }
    /// What would be deleted; nullopt while that is not known.
    [[nodiscard]] const std::optional<PrunePlan> &planned() const { return m_plan; }

Q_SIGNALS:
    void planReady();
    void finished(const rollcall::revoke::RevocationReport &report);
    void failed(const rollcall::base::Error &error);
    void discarded();

private:
    using PruneAct = std::function<base::Result<RevocationReport>(store::SessionStore &store, const base::Call &call,
                                                                  const OnProgress &onProgress)>;
    void run(common::ActHead head, PruneAct act);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop; ///< of the counting
    quint64 m_generation = 0;
    std::optional<PrunePlan> m_plan;
    QPointer<common::Activity> m_activity;
};

} // namespace rollcall::revoke
