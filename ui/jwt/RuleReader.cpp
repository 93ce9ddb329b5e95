#include "ui/jwt/RuleReader.h"

#include "core/base/ErrorText.h"

namespace rollcall::jwt {

RuleReader::RuleReader(common::OpenConnection &connection, QObject *parent) : QObject(parent), m_connection(connection)
{}

RuleReader::~RuleReader()
{
    m_stop.request_stop();
    m_stopProof.request_stop();
}

void RuleReader::read()
{
    const auto submitted = m_connection.workers().count.submit(
        [this, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            auto place = revoke::openRuleStore(deployment->config(), store::Access::ReadOnly, call);
            auto rules = place ? (*place)->rules(call)
                               : base::Result<std::vector<revoke::NotBeforeRule>>(base::fail(place.error()));
            sender.post([this, rules = std::move(rules)] {
                if (rules)
                    Q_EMIT ready(*rules);
                else if (rules.error().code != base::ErrorCode::Cancelled)
                    Q_EMIT failed(rules.error());
            });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT failed(submitted.error());
}

void RuleReader::count()
{
    const auto submitted = m_connection.workers().count.submit(
        [this, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            sender.post([this, radius = revoke::blastRadiusOf(*deployment, call)] { Q_EMIT counted(radius); });
        },
        m_stop.get_token(), m_connection.timeout());
    if (!submitted)
        Q_EMIT counted({std::nullopt, base::describe(submitted.error()).message});
}

void RuleReader::dropProof()
{
    m_stopProof.request_stop();
    ++m_proofGeneration;
    m_proving = false;
}

void RuleReader::prove(base::Instant notBefore)
{
    dropProof();
    m_stopProof = std::stop_source();
    m_proving = true;
    // Twice the bound of one operation: the callback may hold on to what it read for some seconds.
    const auto wait = m_connection.timeout();
    const auto submitted = m_connection.workers().engine.submit(
        [this, generation = m_proofGeneration, notBefore, wait, deployment = m_connection.shared(),
         sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &, const base::Call &call) {
            const base::Status allowed = deployment->config().checkTransport();
            const auto canaries =
                allowed ? revoke::mintRuleCanaries(*deployment->auth(), notBefore, deployment->clock().now())
                        : base::Result<revoke::RuleCanaries>(base::fail(allowed.error()));
            auto proof = canaries
                             ? base::Result<revoke::RuleProof>(revoke::proveRule(*deployment, *canaries, wait, call))
                             : base::Result<revoke::RuleProof>(base::fail(canaries.error()));
            sender.post([this, generation, proof = std::move(proof)] {
                if (generation != m_proofGeneration)
                    return;
                m_proving = false;
                if (proof)
                    Q_EMIT proved(*proof);
                else
                    Q_EMIT proofFailed(proof.error());
            });
        },
        m_stopProof.get_token(), 4 * wait);
    if (!submitted) {
        m_proving = false;
        Q_EMIT proofFailed(submitted.error());
    }
}

} // namespace rollcall::jwt
