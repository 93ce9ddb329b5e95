#include "core/store/redis/RedisSessionStore.h"

#include <QHash>
#include <QSet>

#include "core/store/PageCursor.h"
#include "core/store/SessionMatch.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;

namespace rollcall::store {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t rowsAtOnce = 500;

/// The rest of a listing may come from an index as old as this; places do not depend on it.
constexpr auto longestListing = 10min;
constexpr auto oldest = 60s;
constexpr auto quickPass = 250ms;
constexpr int restPerPass = 10;

/// What a cursor is bound to besides its query.
QString scopeOf(const KeyLayout &layout)
{
    return QStringLiteral("redis:") + QString::fromUtf8(layout.sessions);
}

PageCursor cursorOf(const SessionIndex::Place &place)
{
    PageCursor cursor;
    cursor.order = place.value;
    cursor.key = QByteArray(reinterpret_cast<const char *>(place.digest.data()), qsizetype(place.digest.size()));
    return cursor;
}

std::optional<SessionIndex::Place> placeOf(const PageCursor &cursor)
{
    SessionIndex::Place place;
    if (!cursor.key || cursor.key->size() != std::ssize(place.digest))
        return std::nullopt;
    std::ranges::copy(*cursor.key, place.digest.begin());
    place.value = cursor.order;
    return place;
}

/// Goes through the entries of an index from a place on, in either direction.
class Walk final
{
public:
    Walk(const SessionIndex &index, const SessionFilter &filter, bool descending,
         const std::optional<SessionIndex::Place> &after)
        : m_entries(index.entries()), m_filter(filter), m_descending(descending)
    {
        // Ascending: the number of entries passed. Descending: of those still to come.
        m_at = descending ? m_entries.size() : 0;
        if (after)
            m_at = index.countBefore(*after, !descending);
    }
    /// The next entry that fits; nullptr at the end.
    const SessionIndex::Entry *next()
    {
        while (m_descending ? m_at > 0 : m_at < m_entries.size()) {
            const SessionIndex::Entry &entry = m_descending ? m_entries[--m_at] : m_entries[m_at++];
            if (m_filter.admits(entry))
                return &entry;
        }
        return nullptr;
    }

private:
    const std::vector<SessionIndex::Entry> &m_entries;
    const SessionFilter &m_filter;
    bool m_descending;
    std::size_t m_at = 0;
};

std::vector<const SessionIndex::Entry *> take(Walk &walk, std::size_t most)
{
    std::vector<const SessionIndex::Entry *> entries;
    while (entries.size() < most) {
        const auto *entry = walk.next();
        if (!entry)
            break;
        entries.push_back(entry);
    }
    return entries;
}

} // namespace

RedisSessionStore::RedisSessionStore(std::unique_ptr<redis::RedisChannel> channel, KeyLayout layout,
                                     const StoreOptions &options, Access access)
    : m_channel(std::move(channel)),
      m_readOnly(*m_channel),
      m_layout(std::move(layout)),
      m_zone(options.timeZone),
      m_pace(options.scanPace),
      m_access(access),
      m_reader(m_readOnly, QString::fromUtf8(m_layout.scanPattern()), m_pace),
      m_rows(m_reader, m_layout, m_zone),
      m_writer(m_reader, *m_channel, m_layout, m_zone)
{}

Status RedisSessionStore::mayWrite() const
{
    if (m_access == Access::Write)
        return {};
    return fail(Error(ErrorCode::WriteRefused)
                    .with(ErrorParam::Detail, QStringLiteral("this connection was opened for reading only")));
}

// --- the index ---

void RedisSessionStore::forgetIndex()
{
    m_index.reset();
    m_found.reset();
}

bool RedisSessionStore::hasIndex(Fresh fresh) const
{
    if (!m_index || fresh == Fresh::Now)
        return false;
    using Duration = Call::Clock::duration;
    const Duration age = Call::Clock::now() - m_madeAt;
    if (fresh == Fresh::Whenever)
        return age <= longestListing;
    return m_madeIn >= quickPass && age <= std::min<Duration>(oldest, m_madeIn * restPerPass);
}

Result<std::optional<Error>> RedisSessionStore::makeIndex(const Call &call)
{
    forgetIndex(); // first, so that there are never two
    const auto begun = Call::Clock::now();
    auto pass = buildIndex(m_reader, m_layout, m_zone, m_pace, call);
    if (!pass)
        return fail(std::move(pass.error()));
    m_index = std::move(pass->index);
    m_madeAt = Call::Clock::now();
    m_madeIn = m_madeAt - begun;
    return std::move(pass->cutShort);
}

Result<SessionIndex *> RedisSessionStore::index(Fresh fresh, const Call &call)
{
    if (hasIndex(fresh))
        return m_index.get();
    auto cutShort = makeIndex(call);
    if (!cutShort)
        return fail(std::move(cutShort.error()));
    if (*cutShort) {
        forgetIndex();
        return fail(std::move(**cutShort));
    }
    return m_index.get();
}

Result<SessionFilter> RedisSessionStore::filterFor(SessionIndex &index, const SessionQuery &query, base::Instant now,
                                                   const Call &call)
{
    std::optional<std::vector<bool>> users;
    const auto restrictTo = [&users](std::vector<bool> others) {
        for (std::size_t i = 0; users && i < others.size(); ++i)
            others[i] = others[i] && (*users)[i];
        users = std::move(others);
    };
    if (query.user) {
        auto named = m_rows.usersOfEmail(*query.user, index, call);
        if (!named)
            return fail(std::move(named.error()));
        if (const auto id = index.users().find(query.user->toUtf8()))
            (*named)[*id] = true;
        restrictTo(std::move(*named));
    }
    if (query.provider)
        restrictTo(index.usersWith(*query.provider));
    if (query.search && !query.search->isEmpty()) {
        if (!m_found || m_found->first != *query.search) {
            auto found = m_rows.usersWhom(
                [&query](const auto &name, const auto &email) { return hasPart(name, email, *query.search); }, index,
                call);
            if (!found)
                return fail(std::move(found.error()));
            m_found.emplace(*query.search, std::move(*found));
        }
        restrictTo(m_found->second);
    }
    return SessionFilter(index, query, std::move(users), now);
}

Result<SessionPage> RedisSessionStore::page(const SessionQuery &query, const std::optional<QByteArray> &cursor,
                                            base::Instant now, const Call &call)
{
    std::optional<SessionIndex::Place> after;
    if (cursor) {
        const auto decoded = PageCursor::decode(*cursor, query, scopeOf(m_layout));
        if (!decoded)
            return fail(decoded.error());
        after = placeOf(*decoded);
        if (!after)
            return fail(Error(ErrorCode::CursorInvalid));
    }
    const auto index = this->index(cursor ? Fresh::Whenever : Fresh::Recently, call);
    if (!index)
        return fail(index.error());
    SessionIndex &sessions = **index;
    const auto filter = filterFor(sessions, query, now, call);
    if (!filter)
        return fail(filter.error());
    sessions.sortBy(query.order);

    SessionPage page;
    page.unindexedOrder = true;
    const auto limit = static_cast<std::size_t>(std::clamp(query.limit, 1, 10'000));
    Walk walk(sessions, *filter, query.descending, after);
    const SessionIndex::Entry *last = nullptr;
    bool more = true;
    // Rows that have gone leave a page short: the next ones fill it up.
    while (page.sessions.size() < limit && more) {
        const auto entries = take(walk, limit - page.sessions.size());
        more = !entries.empty();
        auto rows = m_rows.readEntries(sessions, entries, now, call);
        if (!rows)
            return fail(std::move(rows.error()));
        for (auto &row : *rows) {
            if (row && filter->admits(row->shown))
                page.sessions.push_back(std::move(row->shown));
        }
        if (more)
            last = entries.back();
    }
    if (more && last && walk.next())
        page.next = cursorOf(sessions.placeOf(*last)).encode(query, scopeOf(m_layout));
    return page;
}

Result<SessionStats> RedisSessionStore::stats(base::Instant now, const Call &call)
{
    if (hasIndex(Fresh::Recently))
        return m_index->stats(now);
    const auto cutShort = makeIndex(call);
    if (!cutShort)
        return fail(cutShort.error());
    SessionStats stats = m_index->stats(now);
    stats.estimated = cutShort->has_value();
    if (stats.estimated)
        forgetIndex();
    return stats;
}

Result<qint64> RedisSessionStore::count(const SessionQuery &query, base::Instant now, const Call &call)
{
    const auto index = this->index(Fresh::Recently, call);
    if (!index)
        return fail(index.error());
    const auto filter = filterFor(**index, query, now, call);
    if (!filter)
        return fail(filter.error());
    return std::ranges::count_if((*index)->entries(), [&](const auto &entry) { return filter->admits(entry); });
}

Result<std::vector<PlannedRow>> RedisSessionStore::planRows(const SessionQuery &query, qint64 max, base::Instant now,
                                                            const Call &call)
{
    const auto index = this->index(Fresh::Now, call);
    if (!index)
        return fail(index.error());
    const auto filter = filterFor(**index, query, now, call);
    if (!filter)
        return fail(filter.error());
    (*index)->sortBy(query.order);
    Walk walk(**index, *filter, query.descending, std::nullopt);
    const auto wanted = static_cast<std::size_t>(max) + 1;
    std::vector<PlannedRow> planned;
    // Rows that have gone leave a plan short: one that looks complete must be.
    for (bool more = true; more && planned.size() < wanted;) {
        const auto entries = take(walk, wanted - planned.size());
        more = !entries.empty();
        auto rows = m_rows.readEntries(**index, entries, now, call);
        if (!rows)
            return fail(std::move(rows.error()));
        for (auto &row : *rows) {
            if (row && filter->admits(row->shown))
                planned.push_back(std::move(*row));
        }
    }
    return planned;
}

Result<std::vector<PlannedRow>> RedisSessionStore::findRows(std::span<const QString> ids, QStringList &unmatched,
                                                            base::Instant now, const Call &call)
{
    const auto index = this->index(Fresh::Now, call);
    if (!index)
        return fail(index.error());
    QSet<QString> open(ids.begin(), ids.end());
    QHash<QString, QString> fingerprints; // as stored, and as it was written
    for (const QString &name : ids) {
        if (const auto fingerprint = base::Fingerprint::fromText(name); !fingerprint.isEmpty())
            fingerprints.insert(fingerprint.text(), name);
    }
    // The token is the key here; Better Auth's sessions have an id besides, which only their values tell.
    const bool haveIds = m_layout.kind == KeyLayout::Kind::BetterAuth;
    std::vector<PlannedRow> result;
    QHash<QString, qint64> matches;
    const auto &entries = (*index)->entries();
    std::vector<const SessionIndex::Entry *> some;
    const auto look = [&]() -> Status {
        auto rows = m_rows.readEntries(**index, some, now, call);
        if (!rows)
            return fail(std::move(rows.error()));
        for (auto &row : *rows) {
            if (!row)
                continue;
            const QString fingerprint = row->key.fingerprint.text();
            const bool byId = row->shown.id && open.contains(*row->shown.id);
            if (!byId && !fingerprints.contains(fingerprint))
                continue;
            if (fingerprints.contains(fingerprint))
                matches[fingerprint] += 1;
            if (byId)
                matches[*row->shown.id] += 1;
            result.push_back(std::move(*row));
        }
        some.clear();
        return {};
    };
    for (const SessionIndex::Entry &entry : entries) {
        if (!haveIds) {
            const auto hex = QByteArray(reinterpret_cast<const char *>(entry.digest.data()), 8).toHex();
            if (!fingerprints.contains(QString::fromLatin1(hex)))
                continue;
        }
        some.push_back(&entry);
        if (some.size() == rowsAtOnce) {
            if (auto done = look(); !done)
                return fail(std::move(done.error()));
        }
    }
    if (auto done = look(); !done)
        return fail(std::move(done.error()));
    for (const QString &name : std::as_const(open)) {
        const auto fingerprint = base::Fingerprint::fromText(name);
        if (matches.contains(name))
            continue;
        const qint64 number = fingerprint.isEmpty() ? 0 : matches.value(fingerprint.text());
        if (number == 0)
            unmatched << name;
        else if (number > 1)
            return fail(Error(ErrorCode::FingerprintAmbiguous)
                            .with(ErrorParam::Name, fingerprint)
                            .with(ErrorParam::Count, number));
    }
    return result;
}

Result<std::optional<SessionRow>> RedisSessionStore::lookup(QByteArrayView token, const Call &call)
{
    auto rows = lookupMany({&token, 1}, call);
    if (!rows)
        return fail(std::move(rows.error()));
    return std::move(rows->front());
}

Result<std::vector<std::optional<SessionRow>>> RedisSessionStore::lookupMany(std::span<const QByteArrayView> tokens,
                                                                             const Call &call)
{
    const auto stored = m_rows.read(tokens, call);
    if (!stored)
        return fail(stored.error());
    std::vector<std::optional<SessionRow>> rows;
    for (const auto &session : *stored) {
        auto &row = rows.emplace_back();
        if (!session)
            continue;
        // A value that is no session of a library has a row all the same, of which nothing can be read.
        row = session->value ? rowOf(*session->value, session->user ? &*session->user : nullptr, m_zone) : SessionRow();
        if (!m_layout.users && m_layout.kind == KeyLayout::Kind::AuthJs)
            row->hasUser = row->userId.has_value();
    }
    return rows;
}

Result<std::vector<std::optional<WholeRow>>> RedisSessionStore::wholeRows(std::span<const QByteArrayView> tokens,
                                                                          const Call &call)
{
    const auto stored = m_rows.read(tokens, call);
    if (!stored)
        return fail(stored.error());
    std::vector<std::optional<WholeRow>> rows;
    for (const auto &session : *stored) {
        auto &row = rows.emplace_back();
        if (session)
            row = session->value ? wholeRowOf(*session->value, session->user ? &*session->user : nullptr, m_zone)
                                 : WholeRow();
    }
    return rows;
}

Result<std::vector<bool>> RedisSessionStore::stillThere(std::span<const RowKey> keys, const Call &call)
{
    std::vector<QByteArrayView> tokens;
    for (const RowKey &key : keys)
        tokens.push_back(key.token.view());
    const auto stored = m_rows.read(tokens, call);
    if (!stored)
        return fail(stored.error());
    std::vector<bool> there;
    std::ranges::transform(*stored, std::back_inserter(there), [](const auto &session) { return session.has_value(); });
    return there;
}

Result<base::Instant> RedisSessionStore::serverTime(const Call &call)
{
    return m_reader.serverTime(call);
}

// --- writes ---

Result<std::vector<DeleteOutcome>> RedisSessionStore::deleteRows(std::span<const RowKey> keys, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    forgetIndex();
    return m_writer.deleteSessions(keys, call);
}

Result<CanaryKey> RedisSessionStore::insertCanary(const CanaryRow &canary, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return fail(std::move(allowed.error()));
    forgetIndex();
    return m_writer.insertCanary(canary, call);
}

Status RedisSessionStore::removeCanary(const CanaryKey &canary, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return allowed;
    forgetIndex();
    return m_writer.removeCanary(canary, call);
}

Status RedisSessionStore::extend(QByteArrayView token, base::Instant expires, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return allowed;
    forgetIndex();
    return m_writer.extend(token, expires, call);
}

Status RedisSessionStore::deleteExpired(QByteArrayView token, base::Instant now, const Call &call)
{
    if (auto allowed = mayWrite(); !allowed)
        return allowed;
    forgetIndex();
    return m_writer.deleteExpired(token, now, call);
}

QString RedisSessionStore::deleteStatement() const
{
    return m_writer.deleteStatement();
}

} // namespace rollcall::store
