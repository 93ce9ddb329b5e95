#include "ui/sessions/MatchCounter.h"

namespace rollcall::sessions {

MatchCounter::MatchCounter(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

MatchCounter::~MatchCounter()
{
    m_stop.request_stop();
}

void MatchCounter::start(const store::SessionQuery &query)
{
    m_query = query;
    m_total.reset();
    m_exact = false;
    ask(false);
}

void MatchCounter::know(qint64 rows)
{
    m_stop.request_stop();
    ++m_generation;
    m_total = rows;
    m_exact = true;
    m_counting = false;
    m_failed = false;
    Q_EMIT changed();
}

void MatchCounter::countExactly()
{
    ask(true);
}

void MatchCounter::cancel()
{
    m_stop.request_stop();
    ++m_generation;
    if (!std::exchange(m_counting, false))
        return;
    Q_EMIT changed();
}

void MatchCounter::ask(bool exactly)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_counting = exactly;
    m_failed = false;
    const quint64 generation = ++m_generation;
    const auto submitted = m_connection.workers().count.submit(
        [this, generation, exactly, query = m_query, now = m_connection.deployment().clock().now(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            Answer answer{base::fail(base::Error(base::ErrorCode::Internal)), false};
            base::Result<std::optional<qint64>> reckoned = std::nullopt;
            if (!store) {
                answer.rows = base::fail(store.error());
            } else {
                if (!exactly)
                    reckoned = (*store)->estimatedCount(query, now, call);
                if (!reckoned)
                    answer.rows = base::fail(reckoned.error());
                else if (*reckoned && **reckoned > countedUnasked)
                    answer.rows = **reckoned;
                else
                    answer = {(*store)->count(query, now, call), true};
            }
            sender.post([this, generation, answer = std::move(answer)] {
                if (generation == m_generation)
                    onAnswer(answer);
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted) // a full queue: older counts are still being stopped
        onAnswer({base::fail(submitted.error()), false});
    else
        Q_EMIT changed();
}

void MatchCounter::onAnswer(const Answer &answer)
{
    m_counting = false;
    m_failed = !answer.rows;
    if (answer.rows) {
        m_total = *answer.rows;
        m_exact = answer.exact;
    }
    Q_EMIT changed();
}

} // namespace rollcall::sessions
