#include "ui/cache/CacheReader.h"

#include "core/redis/ReadOnlyChannel.h"
#include "core/revoke/CopyRules.h"

namespace rollcall::cache {

namespace {

base::Result<CacheLook> lookAt(const deployment::Deployment &deployment, base::Result<store::SessionStore *> store,
                               const base::Call &call)
{
    const deployment::ConnectionConfig &config = deployment.config();
    if (const auto usable = config.checkCache(); !usable)
        return base::fail(usable.error());
    const auto begun = base::Call::Clock::now();
    CacheLook look;
    look.at = deployment.clock().now();
    const auto channel = redis::makeChannel(config.cache->clone(), config.httpOptions);
    redis::ReadOnlyChannel readOnly(*channel);
    const auto patterns = revoke::lookedForPatterns(config);
    auto list = revoke::listCopies(readOnly, patterns, look.at, config.storeOptions.scanPace, call);
    if (!list)
        return base::fail(list.error());
    if (call.cancelled())
        return base::fail(base::Error(base::ErrorCode::Cancelled));
    if (deployment.hasRows()) {
        // The list is worth showing also where the rows cannot be read.
        auto drifts = store ? revoke::driftOf(list->copies, **store, look.at,
                                              base::Call::within(config.storeOptions.timeout, call.stop))
                            : base::Result<std::vector<revoke::Drift>>(base::fail(store.error()));
        if (drifts)
            look.drifts = std::move(*drifts);
        else
            look.driftError = drifts.error();
    }
    look.list = std::make_shared<const revoke::CopyList>(std::move(*list));
    look.took = std::chrono::duration_cast<std::chrono::milliseconds>(base::Call::Clock::now() - begun);
    return look;
}

} // namespace

CacheReader::CacheReader(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

CacheReader::~CacheReader()
{
    m_stop.request_stop();
}

void CacheReader::look()
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    const quint64 generation = ++m_generation;
    const auto submitted = m_connection.workers().count.submit(
        [this, generation, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto found = std::make_shared<const base::Result<CacheLook>>(lookAt(*deployment, std::move(store), call));
            sender.post([this, generation, found] {
                if (generation != m_generation)
                    return;
                if (*found)
                    Q_EMIT ready(**found);
                else if (found->error().code == base::ErrorCode::Cancelled)
                    Q_EMIT cancelled();
                else
                    Q_EMIT failed(found->error());
            });
        },
        m_stop.get_token(), longest);
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void CacheReader::cancel()
{
    m_stop.request_stop();
}

} // namespace rollcall::cache
