#include "ui/sessions/SessionInspector.h"

#include "core/engine/TokenMask.h"

namespace rollcall::sessions {

namespace {

base::Result<session::Resolution> resolveRow(const deployment::Deployment &deployment, store::SessionStore &store,
                                             const session::ListedSession &session, const base::Call &call)
{
    QStringList unmatched;
    const QString name = session.id.value_or(session.fingerprint.text());
    const auto rows = store.findRows(std::span(&name, 1), unmatched, deployment.clock().now(), call);
    if (!rows)
        return base::fail(rows.error());
    if (rows->empty())
        return base::fail(base::Error(base::ErrorCode::NotFound).with(base::ErrorParam::Name, name));
    auto resolver = deployment.makeResolver(engine::Mode::Local, &store, engine::Effects::Observe, {});
    if (!resolver)
        return base::fail(resolver.error());
    const base::SecretBytes cookie = engine::cookieHeaderFor(*deployment.auth(), rows->front().key.token);
    session::Resolution resolution = (*resolver)->resolve(cookie.view(), call);
    // Better Auth's sessions hold their token, and what is shown here may be copied.
    if (resolution.session)
        resolution.session = engine::withTokensMasked(*resolution.session, *deployment.auth(), cookie.view());
    return resolution;
}

base::Result<SessionInspection> inspectRow(const deployment::Deployment &deployment, store::SessionStore &store,
                                           const session::ListedSession &session, const base::Call &call)
{
    auto resolution = resolveRow(deployment, store, session, call);
    if (!resolution)
        return base::fail(resolution.error());
    SessionInspection inspection;
    inspection.resolution = std::move(*resolution);
    if (!session.userId)
        return inspection;
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    query.user = session.userId;
    query.limit = SessionInspector::othersShown + 1;
    auto page = store.page(query, std::nullopt, deployment.clock().now(), call);
    if (!page)
        return base::fail(page.error());
    inspection.moreOthers = page->next.has_value();
    for (session::ListedSession &other : page->sessions) {
        if (other.fingerprint != session.fingerprint)
            inspection.others.push_back(std::move(other));
    }
    return inspection;
}

} // namespace

SessionInspector::SessionInspector(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

SessionInspector::~SessionInspector()
{
    m_stop.request_stop();
}

void SessionInspector::inspect(const session::ListedSession &session)
{
    m_stop.request_stop();
    m_stop = std::stop_source();
    const quint64 generation = ++m_generation;
    const auto submitted = m_connection.workers().engine.submit(
        [this, generation, session, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto inspection = store ? inspectRow(*deployment, **store, session, call)
                                    : base::Result<SessionInspection>(base::fail(store.error()));
            sender.post([this, generation, inspection = std::move(inspection)] {
                if (generation != m_generation)
                    return;
                if (inspection)
                    Q_EMIT ready(*inspection);
                else if (inspection.error().code != base::ErrorCode::Cancelled)
                    Q_EMIT failed(inspection.error());
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void SessionInspector::cancel()
{
    m_stop.request_stop();
    ++m_generation;
}

} // namespace rollcall::sessions
