#include "ui/users/UserPager.h"

namespace rollcall::users {

UserPager::UserPager(common::OpenConnection &connection, QObject *parent) : QObject(parent), m_connection(connection) {}

UserPager::~UserPager()
{
    m_stop.request_stop();
}

void UserPager::start(const store::UserQuery &query)
{
    m_stop.request_stop();
    m_query = query;
    m_query.limit = pageSize;
    m_next.reset();
    m_complete = false;
    request(true);
}

void UserPager::fetchNext()
{
    if (!m_busy && m_next)
        request(false);
}

void UserPager::cancel()
{
    m_stop.request_stop();
}

void UserPager::request(bool first)
{
    m_stop = std::stop_source();
    m_busy = true;
    const quint64 generation = ++m_generation;
    const auto submitted = m_connection.workers().list.submit(
        [this, generation, first, query = m_query, cursor = m_next, now = m_connection.deployment().clock().now(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            const auto begun = std::chrono::steady_clock::now();
            store::UserDirectory *users = store ? (*store)->users() : nullptr;
            auto page = users   ? users->usersPage(query, cursor, now, call)
                        : store ? base::fail(base::Error(base::ErrorCode::Internal)
                                                 .with(base::ErrorParam::Detail, QStringLiteral("no user directory")))
                                : base::Result<store::UserPage>(base::fail(store.error()));
            const auto took =
                std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
            sender.post([this, generation, first, page = std::move(page), took] {
                if (generation != m_generation)
                    return;
                m_busy = false;
                if (page) {
                    m_next = page->next;
                    m_complete = !m_next;
                    Q_EMIT pageReady(*page, first, took);
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

} // namespace rollcall::users
