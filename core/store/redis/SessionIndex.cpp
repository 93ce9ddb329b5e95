#include "core/store/redis/SessionIndex.h"

#include <algorithm>

#include "core/base/Sha256.h"

namespace rollcall::store {

namespace {

quint8 hexDigit(char c)
{
    return static_cast<quint8>(c <= '9' ? c - '0' : c - 'a' + 10);
}

qint64 millisecondsOf(const std::optional<base::Instant> &instant)
{
    return instant ? qint64{instant->time_since_epoch().count()} : SessionIndex::unreadable;
}

} // namespace

SessionIndex::Digest SessionIndex::digestOf(QByteArrayView token)
{
    const base::Sha256Hex hex = base::sha256Hex({token});
    Digest digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<quint8>(hexDigit(hex[2 * i]) << 4U | hexDigit(hex[2 * i + 1]));
    return digest;
}

void SessionIndex::addSession(QByteArrayView token, const SessionFields &fields)
{
    if (token.isEmpty() || token.size() > longestToken)
        return;
    Entry entry;
    entry.digest = digestOf(token);
    entry.expires = millisecondsOf(fields.expires);
    entry.created = millisecondsOf(fields.createdAt);
    entry.token = m_tokens.keep(token).data();
    entry.tokenSize = static_cast<quint16>(token.size());
    if (fields.userId)
        entry.user = m_users.number(*fields.userId);
    m_entries.push_back(entry);
}

void SessionIndex::setKnown(quint32 user)
{
    if (user >= m_known.size())
        m_known.resize(std::max<std::size_t>(user + std::size_t{1}, m_known.size() * 2));
    m_known[user] = true;
}

void SessionIndex::addUser(QByteArrayView id)
{
    setKnown(m_users.number(id));
}

void SessionIndex::addAccount(QByteArrayView userId, const QString &provider)
{
    m_accounts.push_back({m_users.number(userId), m_providers.number(provider.toUtf8())});
}

std::vector<quint32> SessionIndex::missingUsers() const
{
    std::vector<bool> seen(m_users.size());
    std::vector<quint32> missing;
    for (const Entry &entry : m_entries) {
        if (entry.user == nobody || isKnown(entry.user) || seen[entry.user])
            continue;
        seen[entry.user] = true;
        missing.push_back(entry.user);
    }
    return missing;
}

void SessionIndex::finish()
{
    // The same token may have come with two ends, when it was extended in between: the later one is the newer.
    std::ranges::sort(m_entries, [](const Entry &a, const Entry &b) {
        return a.digest != b.digest ? a.digest < b.digest : a.expires > b.expires;
    });
    // Not ranges::unique: clang 14 does not take libstdc++'s subrange.
    const auto sameToken = [](const Entry &one, const Entry &other) { return one.digest == other.digest; };
    m_entries.erase(std::unique(m_entries.begin(), m_entries.end(), sameToken), m_entries.end());
    std::ranges::sort(m_accounts, {}, &Account::rank);
    const auto sameAccount = [](const Account &one, const Account &other) { return one.rank() == other.rank(); };
    m_accounts.erase(std::unique(m_accounts.begin(), m_accounts.end(), sameAccount), m_accounts.end());
    m_order.reset();
}

QByteArrayView SessionIndex::userOf(const Entry &entry) const
{
    return entry.user == nobody ? QByteArrayView() : m_users.at(entry.user);
}

bool SessionIndex::isBefore(const Entry &a, const Entry &b) const
{
    switch (*m_order) {
    case SessionOrder::Expires:
        if (a.expires != b.expires)
            return a.expires < b.expires;
        break;
    case SessionOrder::Created:
        if (a.created != b.created)
            return a.created < b.created;
        break;
    case SessionOrder::User:
        if (a.user != b.user) {
            if (a.user == nobody || b.user == nobody)
                return b.user == nobody;
            return m_users.at(a.user) < m_users.at(b.user);
        }
        break;
    }
    return a.digest < b.digest;
}

void SessionIndex::sortBy(SessionOrder order)
{
    if (m_order == order)
        return;
    m_order = order;
    std::ranges::sort(m_entries, [this](const Entry &a, const Entry &b) { return isBefore(a, b); });
}

SessionIndex::Place SessionIndex::placeOf(const Entry &entry) const
{
    Place place;
    place.digest = entry.digest;
    const qint64 time = m_order == SessionOrder::Created ? entry.created : entry.expires;
    if (m_order == SessionOrder::User) {
        if (entry.user != nobody)
            place.value = m_users.at(entry.user).toByteArray();
    } else if (time != unreadable) {
        place.value = QByteArray::number(time);
    }
    return place;
}

std::size_t SessionIndex::countBefore(const Place &place, bool inclusive) const
{
    Entry at;
    at.digest = place.digest;
    const qint64 time = place.value && m_order != SessionOrder::User ? place.value->toLongLong() : unreadable;
    at.expires = at.created = time;
    // A user who is not in the index any more has a place all the same.
    const auto compareUser = [&](const Entry &entry) {
        if (entry.user == nobody || !place.value)
            return int{entry.user == nobody} - int{!place.value};
        return userOf(entry).compare(*place.value);
    };
    const auto isBeforePlace = [&](const Entry &entry) {
        if (m_order == SessionOrder::User) {
            if (const int order = compareUser(entry); order != 0)
                return order < 0;
            return inclusive ? entry.digest <= place.digest : entry.digest < place.digest;
        }
        return inclusive ? !isBefore(at, entry) : isBefore(entry, at);
    };
    const auto end = std::ranges::partition_point(m_entries, isBeforePlace);
    return static_cast<std::size_t>(end - m_entries.begin());
}

QStringList SessionIndex::providersOf(quint32 user) const
{
    QStringList providers;
    for (auto it = std::ranges::lower_bound(m_accounts, Account{user, 0}.rank(), {}, &Account::rank);
         it != m_accounts.end() && it->user == user; ++it)
        providers << QString::fromUtf8(m_providers.at(it->provider));
    providers.sort();
    return providers;
}

std::vector<bool> SessionIndex::usersWith(const QString &provider) const
{
    const bool none = provider == QStringLiteral("none");
    const auto wanted = m_providers.find(provider.toUtf8());
    std::vector<bool> users(m_users.size(), none);
    for (const Account &account : m_accounts) {
        if (none)
            users[account.user] = false;
        else if (account.provider == wanted)
            users[account.user] = true;
    }
    return users;
}

SessionStats SessionIndex::stats(base::Instant now) const
{
    using namespace std::chrono_literals;
    using session::SessionState;
    SessionStats stats;
    std::vector<qint64> liveOf(m_users.size()); // by user
    for (const Entry &entry : m_entries) {
        const SessionState state = stateOf(entry, now);
        stats.expired += state == SessionState::Expired ? 1 : 0;
        stats.orphan += state == SessionState::Orphan ? 1 : 0;
        if (state != SessionState::Live)
            continue;
        stats.live += 1;
        stats.activeUsers += liveOf[entry.user]++ == 0 ? 1 : 0;
        const auto within = [&](std::chrono::hours hours) {
            return entry.expires <= (now + hours).time_since_epoch().count() ? 1 : 0;
        };
        stats.expiring1h += within(1h);
        stats.expiring24h += within(24h);
        stats.expiring7d += within(24h * 7);
    }
    std::vector<qint64> liveBy(m_providers.size());
    qint64 none = stats.live;
    for (std::size_t i = 0; i < m_accounts.size(); ++i) {
        liveBy[m_accounts[i].provider] += liveOf[m_accounts[i].user];
        if (i == 0 || m_accounts[i - 1].user != m_accounts[i].user)
            none -= liveOf[m_accounts[i].user];
    }
    for (quint32 i = 0; i < m_providers.size(); ++i) {
        if (liveBy[i] > 0)
            stats.byProvider.emplace_back(QString::fromUtf8(m_providers.at(i)), liveBy[i]);
    }
    if (none > 0)
        stats.byProvider.emplace_back(QStringLiteral("none"), none);
    std::ranges::sort(stats.byProvider);
    return stats;
}

session::SessionState SessionIndex::stateOf(const Entry &entry, base::Instant now) const
{
    using session::SessionState;
    if (entry.expires == unreadable || entry.user == nobody)
        return SessionState::Unknown;
    if (!isKnown(entry.user))
        return SessionState::Orphan;
    return entry.expires >= now.time_since_epoch().count() ? SessionState::Live : SessionState::Expired;
}

qsizetype SessionIndex::bytes() const
{
    return m_tokens.bytes() + m_users.bytes() + m_providers.bytes() +
           static_cast<qsizetype>(m_entries.capacity() * sizeof(Entry) + m_accounts.capacity() * sizeof(Account) +
                                  m_known.capacity() / 8);
}

} // namespace rollcall::store
