#pragma once

#include <QAbstractTableModel>

#include <span>
#include <unordered_set>
#include <vector>

#include "core/base/Clock.h"
#include "core/session/LastActivity.h"
#include "core/session/Session.h"
#include "core/store/watch/SessionChange.h"
#include "ui/common/PersonalData.h"
#include "ui/common/States.h"
#include "ui/common/TableView.h"

namespace rollcall::sessions {

using session::SlidingExpiry;

/// The sessions loaded so far, a row each; grows page by page. **Thread-safety:** GUI thread only; data() never waits.
class SessionListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { State, User, Provider, Expires, ExpiresAt, LastActive, Started, Ip, Client, ColumnCount };
    /// What cells of LastActive answer besides: begin and end of the interval (ScaledInterval) as a QPointF.
    enum Role { ActivityRole = common::cell::FirstOwnRole };
    /// Rows kept at most; beyond this the listing asks to be narrowed.
    static constexpr int maxRows = 100'000;

    /// @p personal, borrowed, says how names and e-mails show.
    SessionListModel(common::PersonalData &personal, SlidingExpiry sliding, QObject *parent = nullptr);

    /// Replaces everything. @p now is what relative times count from.
    void reset(std::vector<session::ListedSession> sessions, base::Instant now);
    void append(const std::vector<session::ListedSession> &sessions);
    /// Takes over what changed of the sessions that are listed: rows keep their places, those of revoked sessions too.
    /// Returns the names (store::followedName()) of the changed ones among them.
    std::unordered_set<QString> apply(std::span<const store::SessionChange> changes);
    /// How the session in @p row is shown: as shownState() says, or as revoked.
    [[nodiscard]] common::State stateOf(int row) const;
    /// The column that the rows are ordered by, marked in its head.
    void setOrder(Column column, bool descending);
    /// The moment that relative times count from; repaints them.
    void setNow(base::Instant now);

    [[nodiscard]] const session::ListedSession &at(int row) const { return m_sessions.at(static_cast<size_t>(row)); }
    [[nodiscard]] bool isFull() const { return m_sessions.size() >= maxRows; }
    /// Whether any loaded session has a value for @p column: columns that the tables lack are not shown.
    [[nodiscard]] bool hasValues(Column column) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QString userText(const session::ListedSession &session) const;
    [[nodiscard]] common::ColorToken textTint(int row, int column) const;

    const common::PersonalData &m_personal;
    SlidingExpiry m_sliding;
    base::Instant m_now{};
    Column m_orderedBy = Expires;
    bool m_descending = false;
    std::vector<session::ListedSession> m_sessions;
    std::unordered_set<int> m_revoked; ///< rows whose sessions were seen to be revoked
};

/// How @p session is shown at @p now: live ones that end within 24 h are expiring, Rollcall's own are canaries.
[[nodiscard]] common::State shownState(const session::ListedSession &session, base::Instant now);

/// The browser and system of a User-Agent header in a few words; the header itself where they are not recognised.
[[nodiscard]] QString clientText(const QString &userAgent);

/// An interval on the scale from 0, a whole lifetime ago, to 1, now.
struct ScaledInterval
{
    double from = 0;
    double until = 0;
};

/// When the session was last used, inferred, to be drawn; nullopt where it cannot be told.
[[nodiscard]] std::optional<ScaledInterval> activityOnScale(const session::ListedSession &session,
                                                            const SlidingExpiry &sliding, base::Instant now);

/// "16–17 d ago", "2–5 h ago": the interval in which the session was last used, inferred; empty where it cannot be
/// told.
[[nodiscard]] QString lastActiveText(const session::ListedSession &session, const SlidingExpiry &sliding,
                                     base::Instant now);

/// The same as a sentence with both ends and what it was inferred from.
[[nodiscard]] QString activityHint(const session::ListedSession &session, const SlidingExpiry &sliding,
                                   base::Instant now);

} // namespace rollcall::sessions
