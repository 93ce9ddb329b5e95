#pragma once

#include <QObject>

#include "core/async/Mailbox.h"
#include "core/revoke/Restorer.h"
#include "ui/common/Activities.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// Takes one undo from the revocation's record, or from where it was interrupted, to its outcome: reads the record on
/// the engine worker, puts the rows back on the write worker, as an activity that goes on without the controller.
/// **Thread-safety:** GUI thread only; never blocks.
class RestoreController final : public QObject
{
    Q_OBJECT

public:
    /// @p connection is borrowed and outlives the controller.
    explicit RestoreController(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RestoreController() override;

    /// Reads what the revocation @p auditId deleted; ends in planned() or failed().
    void read(const QString &auditId);
    /// Puts it back as the activity @p title; ends in finished() or failed(). Nothing where nothing was read.
    void carryOut(const RestoreOptions &options, const QString &title);
    /// Goes on with @p operation; ends in finished() or failed().
    void resume(const Operation &operation, const QString &title);

    /// What runs; null before and where it could not begin.
    [[nodiscard]] common::Activity *activity() const { return m_activity; }

    /// What was read; null before planned().
    [[nodiscard]] const RestorePlan *plan() const { return m_plan.get(); }

Q_SIGNALS:
    void planned();
    void finished(const rollcall::revoke::RestoreReport &report);
    void failed(const rollcall::base::Error &error);

private:
    using RestoreAct = std::function<base::Result<RestoreReport>(store::SessionStore &store, const base::Call &call,
                                                                 const OnProgress &onProgress)>;
    void run(common::ActHead head, RestoreAct act);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop; ///< of the reading
    std::shared_ptr<const RestorePlan> m_plan;
    QPointer<common::Activity> m_activity;
};

} // namespace rollcall::revoke
