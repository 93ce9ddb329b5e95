#pragma once

#include "app/ctl/Arguments.h"
#include "core/store/SessionQuery.h"

namespace rollcall::ctl {

/// The flags that choose sessions by what they are, shared by listing and revoking.
[[nodiscard]] std::vector<Flag> filterFlags();
/// True where one of these flags was given.
[[nodiscard]] bool hasFilter(const Arguments &arguments);
/// The filter of a query; order and limit are the defaults. Errors: UsageInvalid.
[[nodiscard]] base::Result<store::SessionQuery> readFilter(const Arguments &arguments, base::Instant now);

} // namespace rollcall::ctl
