#include "core/store/watch/LookReader.h"

#include <unordered_set>

#include "core/store/StoreInspector.h"

using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;
using rollcall::session::ListedSession;

namespace rollcall::store {

Result<SessionPage> LookReader::page(bool descending, int limit, const std::optional<QByteArray> &cursor,
                                     base::Instant now)
{
    SessionQuery query;
    query.order = SessionOrder::Expires;
    query.descending = descending;
    query.limit = limit;
    return m_store.page(query, cursor, now, call());
}

Result<SessionPage> LookReader::lastMade(int limit, const std::optional<QByteArray> &cursor, base::Instant now)
{
    SessionQuery query;
    query.state = StateFilter::All; // by key alone: what is over is left out afterwards
    query.order = SessionOrder::Created;
    query.descending = true;
    query.limit = limit;
    return m_store.page(query, cursor, now, call());
}

Result<bool> LookReader::isLarge()
{
    StoreInspector *inspector = m_store.inspector();
    if (!inspector)
        return false;
    const auto size = inspector->size(call());
    if (!size)
        return fail(size.error());
    return size->rows.value_or(0) > largeRows || size->bytes > largeBytes;
}

Status LookReader::choosePath(base::Instant now)
{
    const StoreInspector *inspector = m_store.inspector();
    if (inspector && inspector->schema().indexes.expires && inspector->orderCanUseIndex()) {
        m_path = WatchPath::ByExpiry;
        return {};
    }
    return chooseOther(now);
}

Status LookReader::chooseOther(base::Instant now)
{
    m_path = WatchPath::WholeTable;
    const auto large = isLarge();
    if (!large)
        return fail(large.error());
    if (!*large)
        return {};
    const auto last = lastMade(1, std::nullopt, now);
    if (!last)
        return fail(last.error());
    if (last->unindexedOrder || last->sessions.empty())
        return {};
    // Ids are what followed sessions are asked for by; random ones do not tell which was made last.
    const ListedSession &session = last->sessions.front();
    if (session.id && (session.createdAt || numberOf(session.id)))
        m_path = WatchPath::ByCreation;
    return {};
}

Result<SessionLook> LookReader::lookByCreation(const std::optional<Coverage> &previous, std::optional<qint64> highestId,
                                               base::Instant now)
{
    SessionLook look;
    look.coverage = {
        .at = now, .complete = false, .soonestUntil = base::Instant::min(), .latestFrom = base::Instant::max()};
    std::optional<QByteArray> cursor;
    for (int pages = 1;; ++pages) {
        auto page = lastMade(windowRows, cursor, now);
        if (!page)
            return fail(std::move(page.error()));
        bool reached = !previous || page->sessions.empty();
        if (!reached) {
            const ListedSession &oldest = page->sessions.back();
            const auto number = numberOf(oldest.id);
            reached = oldest.createdAt ? *oldest.createdAt < previous->at - clockDifference
                                       : !highestId || !number || *number <= *highestId;
        }
        std::ranges::copy_if(page->sessions, std::back_inserter(look.rows),
                             [](const ListedSession &session) { return session.state == session::SessionState::Live; });
        cursor = page->next;
        if (reached || !cursor)
            break;
        if (pages == mostPages) {
            look.cutShort = true;
            break;
        }
    }
    return look;
}

Result<SessionLook> LookReader::look(const std::optional<Coverage> &previous, std::optional<qint64> highestId,
                                     base::Instant now)
{
    if (m_path == WatchPath::ByCreation)
        return lookByCreation(previous, highestId, now);
    const bool wereMany = previous && !previous->complete;
    // The end where sessions leave is read first: one that is extended meanwhile is then found twice, and not nowhere.
    auto soonest = page(false, wereMany ? windowRows : mostRead, std::nullopt, now);
    if (!soonest)
        return fail(std::move(soonest.error()));
    if (soonest->unindexedOrder && m_path == WatchPath::ByExpiry) { // expiries of several forms, in SQLite
        if (auto chosen = chooseOther(now); !chosen)
            return fail(std::move(chosen.error()));
        if (m_path == WatchPath::ByCreation)
            return lookByCreation(previous, highestId, now);
        if (soonest->sessions.empty())
            m_path = WatchPath::ByExpiry; // a table without rows has no form: what is written first may have one
    }
    SessionLook look;
    look.coverage.at = now;
    if (!soonest->next) {
        look.rows = std::move(soonest->sessions);
        return look;
    }
    look.coverage.complete = false;
    if (soonest->sessions.size() > windowRows)
        soonest->sessions.resize(windowRows);
    look.coverage.soonestUntil = endOf(soonest->sessions.back());

    std::optional<QByteArray> cursor;
    for (int pages = 1;; ++pages) {
        auto latest = page(true, windowRows, cursor, now);
        if (!latest)
            return fail(std::move(latest.error()));
        std::ranges::move(latest->sessions, std::back_inserter(look.rows));
        if (pages == 1 && !look.rows.empty())
            look.coverage.latestFrom = endOf(look.rows.back());
        cursor = latest->next;
        const bool reached = !wereMany || look.rows.empty() || endOf(look.rows.back()) <= previous->latestFrom;
        if (reached || !cursor)
            break;
        if (pages == mostPages) {
            look.cutShort = true;
            break;
        }
    }
    std::ranges::move(soonest->sessions, std::back_inserter(look.rows));
    return look;
}

Result<std::vector<ListedSession>> LookReader::existing(std::span<const ListedSession> sessions, base::Instant now)
{
    std::vector<ListedSession> found;
    std::vector<QString> ids;
    std::unordered_set<QString> withoutId;
    for (const ListedSession &session : sessions) {
        if (session.id)
            ids.push_back(*session.id);
        else
            withoutId.insert(followedName(session));
    }
    if (!ids.empty()) {
        QStringList gone;
        auto rows = m_store.findRows(ids, gone, now, call());
        if (!rows)
            return fail(std::move(rows.error()));
        for (PlannedRow &row : *rows)
            found.push_back(std::move(row.shown));
    }
    if (!withoutId.empty()) {
        SessionQuery expired;
        expired.state = StateFilter::Expired;
        expired.descending = true;
        expired.limit = windowRows;
        auto last = m_store.page(expired, std::nullopt, now, call());
        if (!last)
            return fail(std::move(last.error()));
        for (ListedSession &session : last->sessions) {
            if (withoutId.contains(followedName(session)))
                found.push_back(std::move(session));
        }
    }
    return found;
}

Result<std::optional<qint64>> LookReader::highestId(std::span<const ListedSession> rows, base::Instant now)
{
    if (!rows.empty() && (rows.front().createdAt || !numberOf(rows.front().id)))
        return std::nullopt;
    const auto page = lastMade(1, std::nullopt, now);
    if (!page)
        return fail(page.error());
    if (page->sessions.empty() || page->sessions.front().createdAt)
        return std::nullopt;
    return numberOf(page->sessions.front().id);
}

} // namespace rollcall::store
