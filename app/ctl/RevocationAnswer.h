#pragma once

#include "app/ctl/PersonalMask.h"
#include "core/revoke/Pruner.h"
#include "core/revoke/Restorer.h"

namespace rollcall::ctl {

// What the commands share that revoke sessions or put them back, and `operations resume`.

/// The deployment of the connection flags, with its rows. Errors: those of Context::connection() and
/// deployment::Deployment::open().
[[nodiscard]] base::Result<std::shared_ptr<deployment::Deployment>> openRows(Context &context);

/// For an operation as a whole: without a deadline, as each of its statements and questions has its own; Ctrl-C ends
/// it.
[[nodiscard]] base::Call wholeCall(const Context &context);

/// Where this user's unfinished operations rest, with the vault that seals them.
[[nodiscard]] revoke::OperationPlace operationPlace(Context &context);

/// Shows @p step on a terminal.
void showProgress(Context &context, const revoke::RevocationProgress &step);

/// Says on stderr what @p report holds besides its answer: cached entries that could not be dropped, sessions
/// that live on, how far it came, an operation that stays unfinished.
void warnAbout(Context &context, const revoke::RevocationReport &report);

/// Says on stderr that the operation @p id stays unfinished, and what can be done with it.
void warnUnfinished(Context &context, const QString &id);

/// The contract's answers; users in them as @p mask shows them.
[[nodiscard]] Answer restoreAnswer(const revoke::RestoreReport &report, const PersonalMask &mask);
/// As restoreAnswer(), of what revoke::previewRestore() found: `restored` is 0, `wouldRestore` what it would be.
[[nodiscard]] Answer previewAnswer(const revoke::RestoreReport &preview, const PersonalMask &mask);
[[nodiscard]] Answer revocationAnswer(const revoke::RevocationReport &report, const PersonalMask &mask);

/// How a command ends that answers @p answer: exit 5 where the revocation stopped midway, 130 where it was cancelled,
/// the error's own where nothing was begun; 1 where the proof is missing, rows were left alone as their user changed,
/// or other rows hold a revoked token; else 0.
[[nodiscard]] Outcome revocationOutcome(const revoke::RevocationReport &report, Answer answer);

/// How a restore ends, as revocationOutcome(), with exit 1 where rows were left out; says on stderr where it stays
/// unfinished.
[[nodiscard]] Outcome restoreOutcome(Context &context, const revoke::RestoreReport &report, const PersonalMask &mask);

} // namespace rollcall::ctl
