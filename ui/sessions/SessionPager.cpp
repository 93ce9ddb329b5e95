#include "ui/sessions/SessionPager.h"

namespace rollcall::sessions {

SessionPager::SessionPager(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

SessionPager::~SessionPager()
{
    m_stop.request_stop();
}

void SessionPager::start(const store::SessionQuery &query)
{
    m_stop.request_stop();
    m_query = query;
    m_query.limit = pageSize;
    m_cursor.reset();
    m_next.reset();
    m_first = true;
    m_interrupted = false;
    request();
}

void SessionPager::fetchNext()
{
    if (m_busy || !m_next)
        return;
    m_cursor = m_next;
    m_first = false;
    request();
}

void SessionPager::cancel()
{
    m_interrupted = m_interrupted || (m_busy && m_first);
    m_stop.request_stop();
}

void SessionPager::request()
{
    m_stop = std::stop_source();
    m_busy = true;
    const quint64 generation = ++m_generation;
    Q_EMIT started();
    // A superseded request sees its token triggered before it reaches the database, so at most one statement runs and
    // whatever still waits ends at once.
    const auto submitted = m_connection.workers().list.submit(
        [this, generation, query = m_query, cursor = m_cursor, now = m_connection.deployment().clock().now(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            const auto begun = std::chrono::steady_clock::now();
            base::Result<store::SessionPage> page =
                store ? (*store)->page(query, cursor, now, call) : base::fail(store.error());
            const auto took =
                std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
            sender.post([this, generation, page = std::move(page), took] {
                if (generation != m_generation)
                    return;
                m_busy = false;
                if (page) {
                    m_next = page->next;
                    Q_EMIT pageReady(*page, m_first, took);
                } else if (page.error().code == base::ErrorCode::Cancelled) {
                    Q_EMIT cancelled();
                } else {
                    Q_EMIT failed(page.error());
                }
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted) {
        m_busy = false;
        Q_EMIT failed(submitted.error());
    }
}

} // namespace rollcall::sessions
