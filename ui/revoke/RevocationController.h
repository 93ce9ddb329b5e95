#pragma once

#include <QObject>

#include <memory>
#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/Revoker.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::revoke {

/// Takes one revocation from selection, or from where it was interrupted, to its outcome: freezes the plan on the
/// engine worker, carries it out on the write worker, and brings progress and result to the GUI thread.
/// **Thread-safety:** GUI thread only; never blocks.
class RevocationController final : public QObject
{
    Q_OBJECT

public:
    /// Plans of more rows than this are refused; larger ones come with resumable operations.
    static constexpr qint64 maxRows = 10'000;

    /// @p connection is borrowed and outlives the controller.
    explicit RevocationController(common::OpenConnection &connection, QObject *parent = nullptr);
    ~RevocationController() override;

    /// Freezes a plan; ends in planned() or failed().
    void freeze(const Selection &selection);
    /// Carries the frozen plan out; ends in finished() or failed(). Nothing where there is no plan or it already ran.
    void carryOut(const RevocationOptions &options);
    /// Looks for revocations and restores of this connection's database that were interrupted; ends in
    /// unfinishedFound() where there is one, for the oldest. Where they cannot be read nothing is said: `operations
    /// list` says why.
    void findUnfinished();
    /// Goes on with the operation @p id; ends in finished() or failed().
    void resume(const QString &id);
    /// Ends the operation @p id where it stands; ends in discarded() or failed().
    void discard(const QString &id);
    /// Stops at the next batch border.
    void cancel();

    [[nodiscard]] bool isRunning() const { return m_running; }
    /// The frozen plan; null before planned().
    [[nodiscard]] const RevocationPlan *plan() const { return m_plan.get(); }

Q_SIGNALS:
    void planned();
    void progressed(const rollcall::revoke::RevocationProgress &progress);
    void finished(const rollcall::revoke::RevocationReport &report);
    void failed(const rollcall::base::Error &error);
    void unfinishedFound(const rollcall::revoke::Operation &operation);
    void discarded();

private:
    using RevocationAct = std::function<base::Result<RevocationReport>(
        store::SessionStore &store, const base::Call &call, const OnProgress &onProgress)>;
    void run(RevocationAct act);

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    std::shared_ptr<const RevocationPlan> m_plan;
    bool m_running = false;
    bool m_spent = false;
};

} // namespace rollcall::revoke
