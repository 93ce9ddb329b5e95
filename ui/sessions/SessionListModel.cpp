#include "ui/sessions/SessionListModel.h"

#include <QRegularExpression>

#include <algorithm>

#include "core/store/SessionStore.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/TableView.h"

namespace rollcall::sessions {

namespace {

constexpr std::chrono::hours soon{24};

QString optionalText(const std::optional<QString> &text)
{
    return text.value_or(QString());
}

QString userText(const session::ListedSession &session)
{
    if (session.state == session::SessionState::Orphan)
        return SessionListModel::tr("user %1 is gone").arg(optionalText(session.userId));
    if (session.name && !session.name->isEmpty())
        return *session.name;
    if (session.email && !session.email->isEmpty())
        return *session.email;
    return SessionListModel::tr("user %1").arg(session.userId.value_or(SessionListModel::tr("unknown")));
}

QString providersText(const QStringList &providers)
{
    if (providers.isEmpty())
        return SessionListModel::tr("none");
    if (providers.size() == 1)
        return providers.first();
    return SessionListModel::tr("%1 +%2").arg(providers.first()).arg(providers.size() - 1);
}

bool isCanary(const session::ListedSession &session)
{
    return session.email && session.email->endsWith(QLatin1Char('@') + QLatin1String(store::canaryEmailDomain));
}

QString columnName(int section)
{
    switch (section) {
    case SessionListModel::State:
        return SessionListModel::tr("State");
    case SessionListModel::User:
        return SessionListModel::tr("User");
    case SessionListModel::Provider:
        return SessionListModel::tr("Provider");
    case SessionListModel::Expires:
        return SessionListModel::tr("Expires");
    case SessionListModel::LastActive:
        return SessionListModel::tr("Last active, inferred");
    case SessionListModel::Started:
        return SessionListModel::tr("Started");
    case SessionListModel::Ip:
        return SessionListModel::tr("IP");
    case SessionListModel::Client:
        return SessionListModel::tr("Client");
    default:
        return QString();
    }
}

} // namespace

SessionListModel::SessionListModel(SlidingExpiry sliding, QObject *parent)
    : QAbstractTableModel(parent), m_sliding(sliding)
{}

void SessionListModel::reset(std::vector<session::ListedSession> sessions, base::Instant now)
{
    beginResetModel();
    m_sessions = std::move(sessions);
    m_now = now;
    endResetModel();
}

void SessionListModel::append(const std::vector<session::ListedSession> &sessions)
{
    if (sessions.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(sessions.size()) - 1);
    m_sessions.insert(m_sessions.end(), sessions.begin(), sessions.end());
    endInsertRows();
}

void SessionListModel::setNow(base::Instant now)
{
    m_now = now;
    if (!m_sessions.empty())
        Q_EMIT dataChanged(index(0, State), index(rowCount() - 1, LastActive));
}

void SessionListModel::setOrder(Column column, bool descending)
{
    m_orderedBy = column;
    m_descending = descending;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

bool SessionListModel::hasValues(Column column) const
{
    return std::ranges::any_of(m_sessions, [column](const session::ListedSession &session) {
        switch (column) {
        case Started:
            return session.createdAt.has_value();
        case Ip:
            return session.ipAddress.has_value();
        case Client:
            return session.userAgent.has_value();
        default:
            return true;
        }
    });
}

int SessionListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_sessions.size());
}

int SessionListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString SessionListModel::text(const session::ListedSession &session, int column) const
{
    switch (column) {
    case State:
        return common::lookOf(shownState(session, m_now)).word;
    case User:
        return userText(session);
    case Provider:
        return providersText(session.providers);
    case Expires:
        return session.expires ? common::relativeText(*session.expires, m_now) : tr("unreadable");
    case ExpiresAt:
        return session.expires ? common::exactText(*session.expires, m_now) : QString();
    case LastActive:
        return isCanary(session) ? tr("probe only") : lastActiveText(session, m_sliding, m_now);
    case Started:
        return session.createdAt ? common::exactText(*session.createdAt, m_now) : QString();
    case Ip:
        return optionalText(session.ipAddress);
    case Client:
        return clientText(optionalText(session.userAgent));
    default:
        return {};
    }
}

common::ColorToken SessionListModel::textTint(const session::ListedSession &session, int column) const
{
    switch (column) {
    case State:
        return common::lookOf(shownState(session, m_now)).wordTint;
    case User:
        return session.state == session::SessionState::Orphan ? common::ColorToken::Muted : common::ColorToken::Text;
    case ExpiresAt:
    case Started:
    case Client:
        return common::ColorToken::Muted;
    case Provider:
        return session.providers.isEmpty() ? common::ColorToken::Muted : common::ColorToken::Text;
    default:
        return common::ColorToken::Text;
    }
}

QVariant SessionListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const session::ListedSession &session = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(session, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Provider && session.providers.size() > 1)
            return session.providers.join(QStringLiteral(", "));
        if (index.column() == Client)
            return optionalText(session.userAgent);
        if (index.column() == LastActive)
            return tr("Inferred from the sliding expiry: the library moves it at most once every update age.");
        return {};
    case Qt::TextAlignmentRole:
        return index.column() == Expires || index.column() == LastActive ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                         : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(text(session, index.column()),
                                            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString());
    case common::cell::IconRole:
        return index.column() == State ? QVariant(static_cast<int>(common::lookOf(shownState(session, m_now)).icon))
                                       : QVariant();
    case common::cell::IconTintRole:
        return index.column() == State ? QVariant(static_cast<int>(common::lookOf(shownState(session, m_now)).iconTint))
                                       : QVariant();
    case common::cell::TextTintRole:
        return static_cast<int>(textTint(session, index.column()));
    case common::cell::SecondaryRole:
        return index.column() == User && session.state != session::SessionState::Orphan && session.name &&
                       !session.name->isEmpty()
                   ? QVariant(optionalText(session.email))
                   : QVariant();
    default:
        return {};
    }
}

QVariant SessionListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        return section == Expires || section == LastActive ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                           : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role == Qt::AccessibleTextRole && section == ExpiresAt)
        return tr("Expires, exact");
    if (role != Qt::DisplayRole)
        return {};
    const QString mark = m_descending ? QStringLiteral(" ▾") : QStringLiteral(" ▴");
    return section == m_orderedBy ? columnName(section) + mark : columnName(section);
}

common::State shownState(const session::ListedSession &session, base::Instant now)
{
    if (isCanary(session))
        return common::State::Canary;
    switch (session.state) {
    case session::SessionState::Live:
        return session.expires && *session.expires < now + soon ? common::State::Expiring : common::State::Live;
    case session::SessionState::Expired:
        return common::State::Expired;
    case session::SessionState::Orphan:
        return common::State::Orphan;
    case session::SessionState::Unknown:
        return common::State::Unknown;
    }
    return common::State::Unknown;
}

QString clientText(const QString &userAgent)
{
    static const QRegularExpression browser(QStringLiteral("(Edg|OPR|Firefox|Chrome|Version)/(\\d+)"));
    static const QList<std::pair<QString, QString>> systems{
        {QStringLiteral("iPhone"), QStringLiteral("iPhone")},   {QStringLiteral("iPad"), QStringLiteral("iPad")},
        {QStringLiteral("Android"), QStringLiteral("Android")}, {QStringLiteral("Windows"), QStringLiteral("Windows")},
        {QStringLiteral("Mac OS X"), QStringLiteral("macOS")},  {QStringLiteral("Linux"), QStringLiteral("Linux")},
    };
    static const QHash<QString, QString> names{{QStringLiteral("Edg"), QStringLiteral("Edge")},
                                               {QStringLiteral("OPR"), QStringLiteral("Opera")},
                                               {QStringLiteral("Version"), QStringLiteral("Safari")}};
    QString word;
    // Edge and Opera also call themselves Chrome: the last name that fits is the browser's own.
    for (auto it = browser.globalMatch(userAgent); it.hasNext();) {
        const auto match = it.next();
        word = names.value(match.captured(1), match.captured(1)) + QLatin1Char(' ') + match.captured(2);
    }
    if (word.isEmpty())
        return userAgent;
    for (const auto &[mark, system] : systems) {
        if (userAgent.contains(mark))
            return word + QStringLiteral(", ") + system;
    }
    return word;
}

QString lastActiveText(const session::ListedSession &session, const SlidingExpiry &sliding, base::Instant now)
{
    if (!session.expires)
        return {};
    // The row was last extended at expires - maxAge; since then the session was used for at most updateAge more,
    // otherwise it would have been extended again.
    const base::Instant from = *session.expires - sliding.maxAge;
    const base::Instant until = std::min(now, from + sliding.updateAge);
    if (from > now)
        return {};
    using std::chrono::duration_cast;
    using Days = std::chrono::duration<qint64, std::ratio<86'400>>;
    const qint64 least = duration_cast<Days>(now - until).count();
    const qint64 most = duration_cast<Days>(now - from).count();
    if (most == 0)
        return SessionListModel::tr("today");
    return least == most ? SessionListModel::tr("%1 d ago").arg(most)
                         : SessionListModel::tr("%1–%2 d ago").arg(least).arg(most);
}

} // namespace rollcall::sessions
