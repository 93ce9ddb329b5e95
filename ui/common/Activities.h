#pragma once

#include <QPointer>
#include <QTimer>

#include <memory>
#include <vector>

#include "core/async/Mailbox.h"
#include "core/revoke/Operations.h"
#include "ui/common/Activity.h"

namespace rollcall::common {

class OpenConnection;
class ReturnWatches;

/// The acts of a connection: those that this process runs or ran, and the operations of its database that have not
/// ended: left by an earlier start, paused, or run by another process; and the watches over what was revoked.
/// **Thread-safety:** GUI thread only; never blocks.
class Activities final : public QObject
{
    Q_OBJECT

public:
    /// Acts that have ended are remembered up to this number.
    static constexpr qsizetype mostEnded = 50;

    /// @p connection owns this object.
    explicit Activities(OpenConnection &connection);
    ~Activities() override;

    /// Begins an act, which stays ours; of several with the same operation the newest alone is kept.
    Activity &begin(ActHead head);
    /// Brings what workers have to say of acts, also when who began one is gone.
    [[nodiscard]] const async::Mailbox &mailbox() const { return m_mailbox; }

    /// The acts of this process, the newest first.
    [[nodiscard]] const QList<Activity *> &acts() const;
    /// Operations that have not ended and are not run here now, the oldest first.
    [[nodiscard]] const std::vector<revoke::Operation> &unfinished() const;
    /// Whether an act of this process changes the deployment; measurements do not.
    [[nodiscard]] bool isActing() const;

    /// The watches for revoked sessions that come back.
    [[nodiscard]] ReturnWatches &returns() const { return *m_returns; }

    /// Has @p activity stop at the next border of a batch, to be gone on with later; failed() where it cannot be told.
    /// A measurement stands still at once, and goes on where it stood still.
    void pause(Activity &activity);
    /// The same of the operation @p id, which another process runs.
    void pauseOperation(const QString &id);
    /// Reads anew which operations have not ended; ends in changed() where that differs, or in failed().
    void refresh();

Q_SIGNALS:
    /// An act began, ended or went on, or the unfinished operations differ, or what the watches say.
    void changed();
    /// No act of this process runs any more.
    void idle();
    void failed(const rollcall::base::Error &error);

private:
    void onChanged(const Activity &activity);
    void forgetOld();
    [[nodiscard]] bool isOurs(const revoke::OperationHead &head) const;
    void read(const std::vector<revoke::Operation> &operations);

    OpenConnection &m_connection;
    std::unique_ptr<ReturnWatches> m_returns;
    async::Mailbox m_mailbox;
    QList<Activity *> m_acts;
    std::vector<revoke::Operation> m_unfinished;
    QTimer m_watch; ///< while another process runs one
};

} // namespace rollcall::common
