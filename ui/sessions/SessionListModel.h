#pragma once

#include <QAbstractTableModel>

#include <vector>

#include "core/base/Clock.h"
#include "core/session/Session.h"
#include "ui/common/States.h"

namespace rollcall::sessions {

/// How the interval in which a session was last used is inferred: rows slide to now + maxAge, at most every updateAge.
struct SlidingExpiry
{
    std::chrono::seconds maxAge{0};
    std::chrono::seconds updateAge{0};
};

/// The sessions loaded so far, a row each; grows page by page. **Thread-safety:** GUI thread only; data() never waits.
class SessionListModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { State, User, Provider, Expires, ExpiresAt, LastActive, Started, Ip, Client, ColumnCount };
    /// Rows kept at most; beyond this the listing asks to be narrowed.
    static constexpr int maxRows = 100'000;

    explicit SessionListModel(SlidingExpiry sliding, QObject *parent = nullptr);

    /// Replaces everything. @p now is what relative times count from.
    void reset(std::vector<session::ListedSession> sessions, base::Instant now);
    void append(const std::vector<session::ListedSession> &sessions);
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
    [[nodiscard]] QString text(const session::ListedSession &session, int column) const;
    [[nodiscard]] common::ColorToken textTint(const session::ListedSession &session, int column) const;

    SlidingExpiry m_sliding;
    base::Instant m_now{};
    Column m_orderedBy = Expires;
    bool m_descending = false;
    std::vector<session::ListedSession> m_sessions;
};

/// How @p session is shown at @p now: live ones that end within 24 h are expiring, Rollcall's own are canaries.
[[nodiscard]] common::State shownState(const session::ListedSession &session, base::Instant now);

/// The browser and system of a User-Agent header in a few words; the header itself where they are not recognised.
[[nodiscard]] QString clientText(const QString &userAgent);

/// "16–17 d ago": the interval in which the session was last used, inferred; empty where it cannot be told.
[[nodiscard]] QString lastActiveText(const session::ListedSession &session, const SlidingExpiry &sliding,
                                     base::Instant now);

} // namespace rollcall::sessions
