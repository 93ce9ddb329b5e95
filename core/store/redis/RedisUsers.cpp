#include <algorithm>

#include "core/store/PageCursor.h"
#include "core/store/redis/RedisSessionStore.h"

// Who has sessions, over the index of a Redis database: the UserDirectory of RedisSessionStore.

namespace rollcall::store {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;

namespace {

/// The live sessions of one user, counted.
struct Tally
{
    quint32 user = SessionIndex::nobody;
    qint64 sessions = 0;
    qint64 newest = SessionIndex::unreadable; ///< milliseconds since the epoch
    qint64 oldest = SessionIndex::unreadable;
    const SessionIndex::Entry *one = nullptr; ///< any of them: its row tells the user's name
};

/// By what a tally is listed: the smaller key first, then the user's id.
qint64 keyOf(const Tally &tally, UserOrder order)
{
    switch (order) {
    case UserOrder::Sessions:
        return -tally.sessions;
    case UserOrder::Newest:
        return tally.newest == SessionIndex::unreadable ? SessionIndex::unreadable : -tally.newest;
    case UserOrder::Oldest:
        return tally.oldest;
    }
    Q_UNREACHABLE();
}

std::vector<Tally> tallied(const SessionIndex &index, const SessionFilter &filter, bool byCreation)
{
    std::vector<Tally> byUser(index.users().size());
    for (const SessionIndex::Entry &entry : index.entries()) {
        if (entry.user == SessionIndex::nobody || !filter.admits(entry))
            continue;
        Tally &tally = byUser[entry.user];
        const qint64 time = byCreation ? entry.created : entry.expires;
        tally.user = entry.user;
        tally.sessions += 1;
        tally.one = &entry;
        if (time == SessionIndex::unreadable)
            continue;
        tally.newest = tally.newest == SessionIndex::unreadable ? time : std::max(tally.newest, time);
        tally.oldest = std::min(tally.oldest, time);
    }
    std::erase_if(byUser, [](const Tally &tally) { return tally.sessions == 0; });
    return byUser;
}

std::optional<base::Instant> instantOf(qint64 time)
{
    if (time == SessionIndex::unreadable)
        return std::nullopt;
    return base::Instant(std::chrono::milliseconds(time));
}

SessionQuery boundQuery(const UserQuery &query)
{
    SessionQuery bound;
    bound.search = query.search;
    return bound;
}

} // namespace

Result<UserPage> RedisSessionStore::usersPage(const UserQuery &query, const std::optional<QByteArray> &cursor,
                                              base::Instant now, const Call &call)
{
    const QString scope = QStringLiteral("redis:%1 users %2")
                              .arg(QString::fromUtf8(m_layout.sessions))
                              .arg(static_cast<int>(query.order));
    std::optional<PageCursor> after;
    if (cursor) {
        auto decoded = PageCursor::decode(*cursor, boundQuery(query), scope);
        if (!decoded)
            return fail(std::move(decoded.error()));
        if (!decoded->order || !decoded->key)
            return fail(Error(ErrorCode::CursorInvalid));
        after = std::move(*decoded);
    }
    const auto made = index(cursor ? Fresh::Whenever : Fresh::Recently, call);
    if (!made)
        return fail(made.error());
    SessionIndex &sessions = **made;
    const auto filter = filterFor(sessions, boundQuery(query), now, call);
    if (!filter)
        return fail(filter.error());
    std::vector<Tally> users = tallied(sessions, *filter, m_layout.kind == KeyLayout::Kind::BetterAuth);
    const auto idOf = [&sessions](const Tally &tally) { return sessions.users().at(tally.user); };
    const auto before = [&](const Tally &a, const Tally &b) {
        const qint64 keyA = keyOf(a, query.order);
        const qint64 keyB = keyOf(b, query.order);
        return keyA != keyB ? keyA < keyB : idOf(a) < idOf(b);
    };
    if (after) {
        const qint64 key = after->order->toLongLong();
        std::erase_if(users, [&](const Tally &tally) {
            const qint64 own = keyOf(tally, query.order);
            return own != key ? own < key : idOf(tally) <= QByteArrayView(*after->key);
        });
    }
    const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, 10'000));
    const std::size_t shown = std::min(limit, users.size());
    std::ranges::partial_sort(users, users.begin() + static_cast<std::ptrdiff_t>(shown), before);

    std::vector<const SessionIndex::Entry *> entries;
    for (std::size_t i = 0; i < shown; ++i)
        entries.push_back(users[i].one);
    auto rows = m_rows.readEntries(sessions, entries, now, call);
    if (!rows)
        return fail(std::move(rows.error()));
    UserPage page;
    for (std::size_t i = 0; i < shown; ++i) {
        const Tally &tally = users[i];
        ListedUser user{
            QString::fromUtf8(idOf(tally)),  {}, {}, tally.sessions, instantOf(tally.newest), instantOf(tally.oldest),
            sessions.providersOf(tally.user)};
        if (const auto &row = (*rows)[i]) { // gone since the index was made: who it was is not known
            user.name = row->shown.name;
            user.email = row->shown.email;
        }
        page.users.push_back(std::move(user));
    }
    if (shown < users.size()) {
        PageCursor last;
        last.order = QByteArray::number(keyOf(users[shown - 1], query.order));
        last.key = idOf(users[shown - 1]).toByteArray();
        page.next = last.encode(boundQuery(query), scope);
    }
    return page;
}

Result<std::vector<LeftCanary>> RedisSessionStore::canaries(const Call &call)
{
    // What else a canary leaves in Redis ends by itself a minute after its session does (RedisWriter).
    SessionQuery labelled;
    labelled.state = StateFilter::All;
    labelled.search = QLatin1Char('@') + QLatin1StringView(canaryEmailDomain);
    auto rows = planRows(labelled, mostCanaries, base::SystemClock().now(), call);
    if (!rows)
        return fail(std::move(rows.error()));
    std::vector<LeftCanary> canaries;
    for (PlannedRow &row : *rows) {
        if (isCanaryUser(row.shown.name, row.shown.email))
            canaries.push_back({{std::move(row.key.token), row.key.userId.value_or(QString())},
                                row.key.fingerprint,
                                row.shown.expires});
    }
    return canaries;
}

} // namespace rollcall::store
