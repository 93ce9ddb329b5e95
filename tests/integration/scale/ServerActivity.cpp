#include "tests/integration/scale/ServerActivity.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>

namespace rollcall::test {

namespace {

constexpr std::chrono::milliseconds between(2);

/// Each statement of Rollcall as "pid begin".
QByteArrayList runningOn(PGconn *connection)
{
    QByteArrayList statements;
    PGresult *result =
        PQexec(connection, "SELECT pid || ' ' || query_start FROM pg_stat_activity WHERE application_name = 'rollcall' "
                           "AND state = 'active' AND backend_type = 'client backend'");
    for (int row = 0; row < PQntuples(result); ++row)
        statements << PQgetvalue(result, row, 0);
    PQclear(result);
    return statements;
}

using Connection = std::unique_ptr<PGconn, decltype([](PGconn *connection) { PQfinish(connection); })>;

} // namespace

QByteArrayList ServerActivity::running() const
{
    const Connection connection(PQconnectdb(m_url.constData()));
    return runningOn(connection.get());
}

void ServerActivity::awaitEnd(const QByteArrayList &statements)
{
    m_ended = 0;
    m_thread = std::jthread([this, statements](const std::stop_token &stop) {
        const Connection connection(PQconnectdb(m_url.constData()));
        while (!stop.stop_requested()) {
            const QByteArrayList now = runningOn(connection.get());
            if (std::ranges::none_of(statements, [&now](const QByteArray &each) { return now.contains(each); })) {
                m_ended = Clock::now().time_since_epoch().count();
                return;
            }
            std::this_thread::sleep_for(between);
        }
    });
}

std::optional<ServerActivity::Clock::time_point> ServerActivity::ended() const
{
    const Clock::rep ticks = m_ended;
    return ticks == 0 ? std::nullopt : std::optional(Clock::time_point(Clock::duration(ticks)));
}

} // namespace rollcall::test
