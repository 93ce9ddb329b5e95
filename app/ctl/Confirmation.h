#pragma once

#include "app/ctl/Command.h"

namespace rollcall::ctl {

// Consent to write. A writing command asks three times: do its flags make sense (before anything is contacted), could
// consent be given at all (before anything is read), and is it given (when it is known what will happen).

/// The flags of a writing command: --yes, --confirm, --dry-run.
[[nodiscard]] std::vector<Flag> writeFlags();

/// Errors: UsageInvalid where --yes meets a fixed clock: a wrong clock must not delete.
[[nodiscard]] base::Status checkWriteFlags(const Context &context);

/// Errors: WriteRefused (--read-only, or neither --yes nor a terminal to ask at), ConfirmationMissing (a production
/// connection, named by @p profile, without its name in --confirm).
[[nodiscard]] base::Status checkConsentPossible(const Context &context, const workspace::ConnectionProfile &profile);

/// Asks @p question at the terminal unless --yes was given; production connections want their name typed.
/// Errors: WriteRefused where the answer is no.
[[nodiscard]] base::Status askConsent(const Context &context, const workspace::ConnectionProfile &profile,
                                      const QString &question);

} // namespace rollcall::ctl
