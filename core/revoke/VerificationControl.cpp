#include "core/revoke/VerificationControl.h"

#include <QUuid>

#include "core/base/ErrorText.h"
#include "core/base/LostLink.h"
#include "core/revoke/RefusalVerifier.h"
#include "core/store/UserDirectory.h"

namespace rollcall::revoke {

namespace {
constexpr std::chrono::minutes canaryLife{10}; ///< should it be left behind, it soon ends by itself
}

void VerificationControl::plant(std::chrono::milliseconds wait, const base::Call &call, VerificationReport &report)
{
    const QByteArray token = QUuid::createUuid().toByteArray(QUuid::WithoutBraces);
    if (!m_journal.lines().canary.isEmpty()) {
        report.whyNoControl = QStringLiteral("an earlier canary could not be removed");
        return; // its name must not be lost to another's
    }
    // On disk before it is inserted: whoever finds this line removes it.
    if (const auto noted = m_journal.noteCanary(base::Fingerprint::of(token).text()); !noted) {
        report.whyNoControl = QStringLiteral("the journal could not be written");
        m_run.failed(QStringLiteral("No canary was made, as the journal could not be written"), noted.error());
        return;
    }
    auto planted = m_store.insertCanary({base::SecretBytes(token), m_deployment.clock().now() + canaryLife}, call);
    if (!planted) {
        const base::ErrorCode code = planted.error().code;
        if (base::isLostLink(code) || code == base::ErrorCode::Timeout || code == base::ErrorCode::Cancelled)
            removeLeft(); // its commit may have got through
        else
            noteGone();
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
    if (!m_planted) {
        // Where it cannot be looked for, that is noted and no fault of the run: it would stay unfinished over a session
        // that ends by itself, and that `token remove` finds.
        removeLeft();
        return;
    }
    auto removed = m_store.removeCanary(*m_planted, m_run.cleanup());
    if (!removed) {
        // The link may have broken on the way: once more over a new one.
        if (const auto fresh = m_deployment.openStore(store::Access::Write, m_run.cleanup()); fresh)
            removed = (*fresh)->removeCanary(*m_planted, m_run.cleanup());
    }
    m_planted.reset();
    if (removed) {
        m_run.note(QStringLiteral("The canary is removed"));
        noteGone();
    } else {
        m_run.failed(QStringLiteral("The canary could not be removed"), removed.error());
    }
}

void VerificationControl::removeLeft()
{
    if (m_journal.lines().canary.isEmpty())
        return;
    if (auto removed = removeNamed(); !removed)
        m_run.note(QStringLiteral("A canary may be left (%1): %2")
                       .arg(m_journal.lines().canary, base::describe(removed.error()).message));
    else
        noteGone();
}

base::Status VerificationControl::removeNamed()
{
    const auto fresh = m_deployment.openStore(store::Access::Write, m_run.cleanup());
    if (!fresh)
        return base::fail(fresh.error());
    store::UserDirectory *const users = (*fresh)->users();
    if (!users)
        return base::fail(base::Error(base::ErrorCode::Internal));
    const auto left = users->canaries(m_run.cleanup());
    if (!left)
        return base::fail(left.error());
    for (const store::LeftCanary &canary : *left) {
        if (canary.fingerprint.text() != m_journal.lines().canary)
            continue;
        if (auto removed = (*fresh)->removeCanary(canary.key, m_run.cleanup()); !removed)
            return removed;
        m_run.note(QStringLiteral("A canary that was left is removed"));
    }
    return {};
}

void VerificationControl::noteGone()
{
    if (const auto noted = m_journal.noteCanary({}); !noted)
        m_run.note(base::describe(noted.error()).message);
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
