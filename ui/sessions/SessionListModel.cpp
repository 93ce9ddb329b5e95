#include "ui/sessions/SessionListModel.h"

#include <QPointF>
#include <QRegularExpression>

#include <algorithm>
#include <unordered_map>

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

/// A configured length of time in the largest unit that says it exactly.
QString spanText(std::chrono::seconds span)
{
    using namespace std::chrono;
    if (span % 24h == 0s)
        return SessionListModel::tr("%1 d").arg(span / 24h);
    if (span % 1h == 0s)
        return SessionListModel::tr("%1 h").arg(span / 1h);
    return span % 1min == 0s ? SessionListModel::tr("%1 min").arg(span / 1min)
                             : SessionListModel::tr("%1 s").arg(span / 1s);
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

SessionListModel::SessionListModel(common::PersonalData &personal, SlidingExpiry sliding, QObject *parent)
    : QAbstractTableModel(parent), m_personal(personal), m_sliding(sliding)
{
    connect(&personal, &common::PersonalData::changed, this, [this] {
        if (!m_sessions.empty())
            Q_EMIT dataChanged(index(0, User), index(rowCount() - 1, User));
    });
}

void SessionListModel::reset(std::vector<session::ListedSession> sessions, base::Instant now)
{
    beginResetModel();
    m_sessions = std::move(sessions);
    m_revoked.clear();
    m_now = now;
    endResetModel();
}

std::unordered_set<QString> SessionListModel::apply(std::span<const store::SessionChange> changes)
{
    // By fingerprint first: a name is made for the few rows that may be meant, not for all.
    std::unordered_map<QString, const store::SessionChange *> byFingerprint;
    for (const store::SessionChange &change : changes)
        byFingerprint.insert_or_assign(change.session.fingerprint.text(), &change);
    std::unordered_set<QString> found;
    for (int row = 0; row < rowCount(); ++row) {
        session::ListedSession &session = m_sessions[static_cast<std::size_t>(row)];
        const auto change = byFingerprint.find(session.fingerprint.text());
        if (change == byFingerprint.end() || session.id != change->second->session.id)
            continue;
        session = change->second->session;
        if (change->second->kind == store::ChangeKind::Revoked)
            m_revoked.insert(row);
        else
            m_revoked.erase(row);
        found.insert(store::followedName(session));
        Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
    return found;
}

common::State SessionListModel::stateOf(int row) const
{
    return m_revoked.contains(row) ? common::State::Revoked : shownState(at(row), m_now);
}

void SessionListModel::append(const std::vector<session::ListedSession> &sessions)
{
    if (sessions.empty())
        return;
    const int first = rowCount();
    beginInsertRows({}, first, first + static_cast<int>(sessions.size()) - 1);
    // Room for all at once: growing would move every row in one go. Pages of memory that hold nothing cost nothing.
    m_sessions.reserve(std::max<std::size_t>(maxRows, m_sessions.size() + sessions.size()));
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

QString SessionListModel::userText(const session::ListedSession &session) const
{
    if (session.state == session::SessionState::Orphan)
        return tr("user %1 is gone").arg(m_personal.user(optionalText(session.userId)));
    if (session.name && !session.name->isEmpty())
        return m_personal.name(*session.name);
    if (session.email && !session.email->isEmpty())
        return m_personal.name(*session.email);
    return tr("user %1").arg(session.userId ? m_personal.user(*session.userId) : tr("unknown"));
}

QString SessionListModel::text(int row, int column) const
{
    const session::ListedSession &session = at(row);
    switch (column) {
    case State:
        return common::lookOf(stateOf(row)).word;
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

common::ColorToken SessionListModel::textTint(int row, int column) const
{
    const session::ListedSession &session = at(row);
    if (m_revoked.contains(row))
        return common::ColorToken::Muted;
    switch (column) {
    case State:
        return common::lookOf(stateOf(row)).wordTint;
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
        return text(index.row(), index.column());
    case Qt::ToolTipRole:
        if (index.column() == Provider && session.providers.size() > 1)
            return session.providers.join(QStringLiteral(", "));
        if (index.column() == Client)
            return optionalText(session.userAgent);
        if (index.column() == LastActive)
            return activityHint(session, m_sliding, m_now);
        return {};
    case Qt::TextAlignmentRole:
        return index.column() == Expires || index.column() == LastActive ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                         : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1, %2").arg(text(index.row(), index.column()),
                                            headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString());
    case common::cell::IconRole:
        return index.column() == State ? QVariant(static_cast<int>(common::lookOf(stateOf(index.row())).icon))
                                       : QVariant();
    case common::cell::IconTintRole:
        return index.column() == State ? QVariant(static_cast<int>(common::lookOf(stateOf(index.row())).iconTint))
                                       : QVariant();
    case common::cell::TextTintRole:
        return static_cast<int>(textTint(index.row(), index.column()));
    case common::cell::SecondaryRole:
        return index.column() == User && session.state != session::SessionState::Orphan && session.name &&
                       !session.name->isEmpty()
                   ? QVariant(optionalText(m_personal.name(session.email)))
                   : QVariant();
    case ActivityRole:
        if (const auto interval = activityOnScale(session, m_sliding, m_now);
            interval && index.column() == LastActive && !isCanary(session))
            return QPointF(interval->from, interval->until);
        return {};
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

std::optional<ScaledInterval> activityOnScale(const session::ListedSession &session, const SlidingExpiry &sliding,
                                              base::Instant now)
{
    const auto interval = session.expires ? session::lastActivity(*session.expires, sliding, now) : std::nullopt;
    if (!interval || sliding.maxAge.count() <= 0)
        return std::nullopt;
    const auto place = [&](base::Instant then) {
        const std::chrono::duration<double> ago = now - then;
        return std::clamp(1.0 - ago / std::chrono::duration<double>(sliding.maxAge), 0.0, 1.0);
    };
    return ScaledInterval{place(interval->from), place(interval->until)};
}

QString lastActiveText(const session::ListedSession &session, const SlidingExpiry &sliding, base::Instant now)
{
    const auto interval = session.expires ? session::lastActivity(*session.expires, sliding, now) : std::nullopt;
    if (!interval)
        return {};
    using namespace std::chrono;
    const auto least = now - interval->until;
    const auto most = now - interval->from;
    // In the largest unit of which the interval's far end has two: fewer would hide how wide it is.
    const auto [unit, text] = most >= 48h  ? std::pair<milliseconds, QString>(24h, SessionListModel::tr("%1 d ago"))
                              : most >= 2h ? std::pair<milliseconds, QString>(1h, SessionListModel::tr("%1 h ago"))
                                           : std::pair<milliseconds, QString>(1min, SessionListModel::tr("%1 min ago"));
    const qint64 from = most / unit;
    const qint64 until = least / unit;
    if (from == 0)
        return SessionListModel::tr("just now");
    return text.arg(from == until ? QString::number(from) : QStringLiteral("%1–%2").arg(until).arg(from));
}

QString activityHint(const session::ListedSession &session, const SlidingExpiry &sliding, base::Instant now)
{
    const auto interval = session.expires ? session::lastActivity(*session.expires, sliding, now) : std::nullopt;
    if (!interval)
        return SessionListModel::tr("It cannot be told: the expiry does not lie where a lifetime of %1 puts it.")
            .arg(spanText(sliding.maxAge));
    return SessionListModel::tr("Used last between %1 and %2: inferred from the expiry, which is moved at most once in "
                                "%3, for a lifetime of %4.")
        .arg(common::exactText(interval->from, now), common::exactText(interval->until, now),
             spanText(sliding.updateAge), spanText(sliding.maxAge));
}

} // namespace rollcall::sessions
