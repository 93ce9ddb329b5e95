#pragma once

#include <QString>

#include <memory>
#include <vector>

#include "core/revoke/CachedCopies.h"

namespace rollcall::common {

/// Cached sessions that somebody wants removed, as a look at the cache found them. Holds keys that may be tokens.
struct PurgeRequest
{
    std::shared_ptr<const revoke::CopyList> looked;
    std::vector<std::size_t> chosen; ///< places in it
    QString what;                    ///< for people: "copies that drifted"
    bool wholesale = false;          ///< chosen by a rule, not one by one; see revoke::whyNotCopies()
};

} // namespace rollcall::common
