#pragma once

#include <QObject>

#include "ui/common/ReturnWatch.h"

namespace rollcall::common {

class OpenConnection;

/// The watches of a connection for revoked sessions that come back, and the alarm that they raise: what came back and
/// nobody has answered yet. **Thread-safety:** GUI thread only; never blocks.
class ReturnWatches final : public QObject
{
    Q_OBJECT

public:
    /// Where the connection's profile names no time of its own.
    static constexpr std::chrono::minutes usualTime{10};
    /// Each has a connection to the database: a further one ends the oldest.
    static constexpr qsizetype mostRunning = 4;
    /// So many are remembered.
    static constexpr qsizetype mostKept = 20;

    /// @p connection owns this object.
    explicit ReturnWatches(OpenConnection &connection);
    ~ReturnWatches() override;

    /// How long revoked sessions are watched by default: as the profile says, else usualTime.
    [[nodiscard]] std::chrono::milliseconds time() const;

    /// Begins to look for what @p report says was revoked of @p plan, for @p lasts; nothing where none was.
    void begin(const revoke::RevocationPlan &plan, const revoke::RevocationReport &report,
               std::chrono::milliseconds lasts);

    /// The newest first.
    [[nodiscard]] const QList<ReturnWatch *> &all() const { return m_all; }
    /// The watch of the revocation @p auditId, or null.
    [[nodiscard]] ReturnWatch *find(const QString &auditId) const;
    [[nodiscard]] bool isWatching() const;

    /// What came back since the alarm was last silenced, and was not revoked again.
    [[nodiscard]] const std::vector<revoke::Resurrection> &alarm() const { return m_alarm; }
    /// Somebody has seen the alarm: it is over until something else comes back.
    void silence();
    /// A revocation ended: what it found gone, or made so, is no alarm any more.
    void answer(const revoke::RevocationReport &report);
    /// What the plan @p planDigest revoked is put back on purpose: its watches end, and raise nothing.
    void expect(const QString &planDigest);

Q_SIGNALS:
    /// A watch began, found something or ended, or the alarm was silenced or answered.
    void changed();
    /// Something came back: alarm() has grown.
    void raised();

private:
    void makeRoom();

    OpenConnection &m_connection;
    QList<ReturnWatch *> m_all;
    std::vector<revoke::Resurrection> m_alarm;
};

} // namespace rollcall::common
