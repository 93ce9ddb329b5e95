#pragma once

#include "app/ctl/Command.h"
#include "app/ctl/PersonalMask.h"
#include "core/store/SessionStore.h"

namespace rollcall::ctl {

/// What @p store knows of users called nearly as each of @p names, of whom no session matched: a sentence each, that
/// names which where there are several; users stand as @p mask shows them. Reads the users for each.
[[nodiscard]] QStringList userHints(Context &context, const QStringList &names, store::SessionStore &store,
                                    const PersonalMask &mask);

/// Why nothing may match @p query, a sentence each: what userHints() has of its user, and that other states were left
/// out.
[[nodiscard]] QStringList emptyHints(Context &context, const store::SessionQuery &query, store::SessionStore &store,
                                     const PersonalMask &mask);

} // namespace rollcall::ctl
