#pragma once

#include <set>

#include "core/revoke/RevocationPlan.h"
#include "core/store/SessionStore.h"

namespace rollcall::revoke {

/// Tokens of a plan that rows hold now, whosever they are.
struct OtherHolders
{
    std::set<base::Fingerprint> tokens;
    QString whyUnknown; ///< why not all of them are known; empty where they are
};

/// Looks for rows that hold tokens of @p plan, whose own rows are gone: of a few tokens (1,000) for each, of more for
/// those alone that the plan knows to stand in several rows, as the whole table may be too large to be looked through
/// again. What cannot be read is no error here. Blocks within @p call.
[[nodiscard]] OtherHolders otherHolders(const RevocationPlan &plan, store::SessionStore &store, base::Instant now,
                                        const base::Call &call);

} // namespace rollcall::revoke
