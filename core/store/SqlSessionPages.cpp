#include "core/store/SqlSessionStore.h"

#include <algorithm>

// How sessions are listed, page by page.
using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

/// Whether the expiries, as they were read, are in the order in which the rows came.
bool isInOrder(const SessionPage &page, bool descending)
{
    return std::ranges::is_sorted(page.sessions, [descending](const auto &a, const auto &b) {
        return descending ? b.expires < a.expires : a.expires < b.expires;
    });
}

} // namespace

Result<PagePosition> SqlSessionStore::positionOf(const PageCursor &cursor, const ResolvedQuery &query, const Call &call)
{
    PagePosition position{.order = cursor.order, .key = std::nullopt};
    if (!cursor.key || m_schema.bound().keyIsId) {
        position.keyIsNull = !cursor.key;
        if (cursor.key)
            position.key.emplace(*cursor.key);
        position.tie = cursor.tie;
        return position;
    }
    if (cursor.key->size() < PageCursor::digitsBefore)
        return fail(Error(ErrorCode::CursorInvalid));
    std::optional<std::size_t> nearest;
    const auto read = m_connection->read(
        m_list.tokensAt(cursor, query),
        [&](const SqlRow &row) {
            const auto rank = cursor.rankOf(row.bytes(1));
            if (!rank || (nearest && *nearest <= *rank))
                return;
            nearest = rank;
            position.key.emplace(row.bytes(0));
            position.tie = *rank == 0 ? cursor.tie : QByteArray(); // of what shares another's key all were shown
        },
        call);
    if (!read)
        return fail(explain(read.error(), reading()));
    // NULL stands before every key, or there would be none of it here.
    position.keyIsNull = !position.key && !cursor.before.empty() && cursor.before.back().isEmpty();
    const bool keyAlone = query.query.order == SessionOrder::Created && !m_schema.profile().sessions.createdAt;
    if (!position.key && !position.keyIsNull && keyAlone)
        return fail(Error(ErrorCode::CursorInvalid));
    return position;
}

Result<SessionPage> SqlSessionStore::page(const SessionQuery &query, const std::optional<QByteArray> &cursor,
                                          base::Instant now, const Call &call)
{
    std::optional<PageCursor> last;
    if (cursor) {
        auto decoded = PageCursor::decode(*cursor, query, m_list.cursorScope());
        if (!decoded)
            return fail(std::move(decoded.error()));
        last = std::move(*decoded);
    }
    auto resolved = resolve(query, cursor.has_value(), call);
    if (!resolved)
        return fail(resolved.error());
    auto page = m_form.isWanted(query) ? listStored(std::move(*resolved), std::move(last), now, call)
                                       : listPage(*resolved, std::move(last), now, call);
    if (!page)
        return page;
    std::vector<session::ListedSession *> sessions;
    for (auto &session : page->sessions)
        sessions.push_back(&session);
    if (auto added = addProviders(sessions, call); !added)
        return fail(std::move(added.error()));
    return page;
}

Result<SessionPage> SqlSessionStore::listStored(ResolvedQuery query, std::optional<PageCursor> last, base::Instant now,
                                                const Call &call)
{
    // What the form was read from is what is listed.
    auto transaction = SqlTransaction::begin(*m_connection, TransactionMode::Read, call);
    if (!transaction)
        return fail(std::move(transaction.error()));
    auto form = m_form.current(call);
    if (!form)
        return fail(explain(std::move(form.error()), reading()));
    if (*form && SessionSql::canWrite(**form, query.query, last, now))
        query.form = std::move(*form);
    auto page = listPage(query, last, now, call);
    if (page && query.form && !isInOrder(*page, query.query.descending)) {
        m_form.forget(); // it was believed without another look at every row
        query.form.reset();
        page = listPage(query, std::move(last), now, call);
    }
    if (!page)
        return page;
    if (auto done = transaction->commit(call); !done)
        return fail(std::move(done.error()));
    return page;
}

Result<SessionPage> SqlSessionStore::listPage(const ResolvedQuery &query, std::optional<PageCursor> last,
                                              base::Instant now, const Call &call)
{
    std::optional<PagePosition> position;
    if (last) {
        auto found = positionOf(*last, query, call);
        if (!found)
            return fail(std::move(found.error()));
        position = std::move(*found);
    }
    SessionPage result;
    result.unindexedOrder = !m_list.isIndexedOrder(query);
    const auto limit = static_cast<std::size_t>(std::clamp(query.query.limit, 1, 10'000));
    result.sessions.reserve(limit);
    bool more = false;
    // Only the last one's cursor is wanted; but where the token is the key, or rows can share one, those before it are
    // part of it.
    const bool isChained = !m_schema.bound().keyIsId || m_schema.bound().keyCanTie();
    const std::optional<PageCursor> begin = last;
    // Rows that cannot be told apart come again from the first of them on.
    quint32 again = position && !position->tie.isEmpty() ? begin->passed : 0;
    const auto read = m_connection->read(
        m_list.list(query, position, now, static_cast<qint64>(limit) + again + 1, false),
        [&](const SqlRow &row) {
            if (again > 0) {
                if (m_list.cursor(row, query.query.order).isLike(*begin)) {
                    --again;
                    return;
                }
                again = 0; // others of them are gone
            }
            more = result.sessions.size() == limit;
            if (more)
                return;
            result.sessions.push_back(m_list.listed(row, query.query.state));
            if (!isChained && result.sessions.size() < limit)
                return;
            PageCursor here = m_list.cursor(row, query.query.order);
            if (last && isChained)
                here.comesAfter(*last, !m_schema.bound().keyIsId);
            last = std::move(here);
        },
        call);
    if (!read)
        return fail(explain(read.error(), reading()));
    if (more)
        result.next = last->encode(query.query, m_list.cursorScope());
    return result;
}

} // namespace rollcall::store
