#include "ui/overview/OverviewReader.h"

namespace rollcall::overview {

namespace {

/// How many times one operation's bound a survey may take: most of its questions are answered at once.
constexpr int operations = 4;

base::Result<Overview> look(const deployment::Deployment &deployment, base::Result<store::SessionStore *> store,
                            findings::Depth depth, const base::Call &call)
{
    const auto begin = std::chrono::steady_clock::now();
    std::unique_ptr<store::SessionStore> unused; // the table of a deployment that is said not to use one
    if (!store && store.error().code == base::ErrorCode::NoSessionRows) {
        if (!deployment.config().database)
            return Overview();
        auto opened = findings::openForSurvey(deployment, call);
        if (!opened)
            return base::fail(std::move(opened.error()));
        unused = std::move(*opened);
        if (!unused)
            return Overview();
        store = unused.get();
    }
    if (!store)
        return base::fail(std::move(store.error()));
    auto survey = findings::survey(deployment, **store, depth, call);
    if (!survey)
        return base::fail(std::move(survey.error()));
    Overview overview;
    overview.findings = findings::findingsOf(*survey);
    overview.survey = std::move(*survey);
    overview.took = std::chrono::steady_clock::now() - begin;
    return overview;
}

} // namespace

OverviewReader::OverviewReader(common::OpenConnection &connection, QObject *parent)
    : QObject(parent), m_connection(connection)
{}

OverviewReader::~OverviewReader()
{
    m_stop.request_stop();
}

void OverviewReader::read(findings::Depth depth)
{
    cancel();
    m_stop = std::stop_source();
    const quint64 generation = m_generation;
    const auto submitted = m_connection.workers().count.submit(
        [this, generation, depth, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](base::Result<store::SessionStore *> store, const base::Call &call) {
            auto overview = look(*deployment, std::move(store), depth, call);
            sender.post([this, generation, overview = std::move(overview)] {
                if (generation != m_generation)
                    return;
                if (overview)
                    Q_EMIT ready(*overview);
                else
                    Q_EMIT failed(overview.error());
            });
        },
        m_stop.get_token(), m_connection.timeout() * operations);
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void OverviewReader::cancel()
{
    m_stop.request_stop();
    ++m_generation;
}

} // namespace rollcall::overview
