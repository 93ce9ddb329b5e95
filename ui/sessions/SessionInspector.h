#pragma once

#include <QObject>

#include <stop_token>
#include <vector>

#include "core/async/Mailbox.h"
#include "core/session/Resolution.h"
#include "ui/common/OpenConnection.h"

namespace rollcall::sessions {

/// What the details pane shows besides the row itself.
struct SessionInspection
{
    session::Resolution resolution;             ///< by the local engine, without effects: the deployment is not asked
    std::vector<session::ListedSession> others; ///< the same user's other sessions, soonest expiry first
    bool moreOthers = false;                    ///< there are more than are listed
};

/// Inspects the selected session on the engine worker; a newer selection cancels the older.
/// **Thread-safety:** GUI thread only; never blocks.
class SessionInspector final : public QObject
{
    Q_OBJECT

public:
    static constexpr int othersShown = 8;

    explicit SessionInspector(common::OpenConnection &connection, QObject *parent = nullptr);
    ~SessionInspector() override;

    /// Ends in ready() or failed(), unless a newer call comes first.
    void inspect(const session::ListedSession &session);
    void cancel();

Q_SIGNALS:
    void ready(const rollcall::sessions::SessionInspection &inspection);
    void failed(const rollcall::base::Error &error);

private:
    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    std::stop_source m_stop;
    quint64 m_generation = 0;
};

} // namespace rollcall::sessions
