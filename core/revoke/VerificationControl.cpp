#include "core/revoke/VerificationControl.h"

#include <QUuid>

#include "core/base/ErrorText.h"
#include "core/revoke/RefusalVerifier.h"

namespace rollcall::revoke {

namespace {
constexpr std::chrono::minutes canaryLife{10}; ///< should it be left behind, it soon ends by itself
}

void VerificationControl::plant(std::chrono::milliseconds wait, const base::Call &call, VerificationReport &report)
{
    const QByteArray token = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    auto planted = m_store.insertCanary({base::SecretBytes(token), m_deployment.clock().now() + canaryLife}, call);
    if (!planted) {
        report.whyNoControl =
            QStringLiteral("no canary could be made: %1").arg(base::describe(planted.error()).message);
        m_run.note(QStringLiteral("No canary could be made: %1").arg(base::describe(planted.error()).message));
        return;
    }
    QString answer;
    report.controlAccepted = isAccepted(planted->token, m_deployment, wait, call, answer);
    if (!report.controlAccepted)
        report.whyNoControl = QStringLiteral("the deployment gave no answer about a canary (%1)").arg(answer);
    m_run.note(!report.controlAccepted
                   ? QStringLiteral("Whether a canary session is accepted is not known (%1)").arg(answer)
               : *report.controlAccepted
                   ? QStringLiteral("A canary session is accepted by the deployment")
                   : QStringLiteral("A canary session is not accepted by the deployment (%1), so its refusals prove "
                                    "nothing")
                         .arg(answer));
    m_planted = std::move(*planted);
}

void VerificationControl::remove()
{
    if (!m_planted)
        return;
    auto removed = m_store.removeCanary(*m_planted, m_run.cleanup());
    if (!removed) {
        // The link may have broken on the way: once more over a new one.
        if (const auto fresh = m_deployment.openStore(store::Access::Write, m_run.cleanup()); fresh)
            removed = (*fresh)->removeCanary(*m_planted, m_run.cleanup());
    }
    m_planted.reset();
    if (removed)
        m_run.note(QStringLiteral("The canary is removed"));
    else
        m_run.failed(QStringLiteral("The canary could not be removed"), removed.error());
}

void withdrawProof(RowReport &row, const VerificationReport &report)
{
    if (row.proof != ProofOutcome::Refused || report.controlAccepted.value_or(true))
        return;
    row.proof = ProofOutcome::Unchecked;
    row.refusedAfter.reset();
    row.answer = QStringLiteral("refused, but so was a live canary: is this the deployment of this database?");
}

} // namespace rollcall::revoke
