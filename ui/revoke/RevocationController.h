#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/Revoker.h"
#include "ui/common/Activities.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// Takes one revocation from selection, or from where it was interrupted, to its outcome: freezes the plan on the
/// engine worker, carries it out on the write worker, as an activity that goes on without the controller.
/// **Thread-safety:** GUI thread only; never blocks.
class RevocationController final : public QObject
{
    Q_OBJECT

public:
    /// Plans of more rows than this are refused: they are held in memory, and shown.
    static constexpr qint64 maxRows = 100'000;

    /// @p connection is borrowed and outlives the controller.
    explicit RevocationController(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RevocationController() override;

    /// Freezes a plan, in the place of what was being frozen; ends in planned() or failed().
    void freeze(const Selection &selection);
    /// Takes @p plan, which was frozen before, instead; planned() does not come.
    void take(const std::shared_ptr<const RevocationPlan> &plan);
    /// Nobody waits any more for what is being frozen: it is stopped, and neither signal comes.
    void abandon();
    /// Carries the frozen plan out as the activity @p title; ends in finished() or failed(). Nothing where there is no
    /// plan or it already ran. Afterwards revoked sessions are looked for again for @p watchFor; 0: not at all.
    void carryOut(const RevocationOptions &options, const QString &title, std::chrono::milliseconds watchFor);
    /// Goes on with @p operation; ends in finished() or failed(). Afterwards as above, for the connection's own time.
    void resume(const Operation &operation, const QString &title);
    /// Ends the operation @p id where it stands; ends in discarded() or failed().
    void discard(const QString &id);

    /// What runs; null before and where it could not begin.
    [[nodiscard]] common::Activity *activity() const { return m_activity; }
    /// The frozen plan; null before planned().
    [[nodiscard]] const std::shared_ptr<const RevocationPlan> &plan() const { return m_plan; }

Q_SIGNALS:
    void planned();
    void finished(const rollcall::revoke::RevocationReport &report);
    void failed(const rollcall::base::Error &error);
    void discarded();

private:
    /// The plan that is carried out, known before the act or found by it.
    using SharedPlan = std::shared_ptr<std::shared_ptr<const RevocationPlan>>;
    using RevocationAct = std::function<base::Result<RevocationReport>(
        store::SessionStore &store, const base::Call &call, const OnProgress &onProgress)>;
    /// Runs @p act; where it revoked anything of @p plan, that is watched for @p watchFor.
    void run(common::ActHead head, RevocationAct act, const SharedPlan &plan, std::chrono::milliseconds watchFor);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop; ///< of the freezing
    int m_turn = 0;          ///< counts freezings: the answer of a former one is not wanted
    std::shared_ptr<const RevocationPlan> m_plan;
    QPointer<common::Activity> m_activity;
    bool m_spent = false;
};

} // namespace rollcall::revoke
