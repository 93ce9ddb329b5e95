#pragma once

#include "app/ctl/Arguments.h"
#include "core/routes/NextBuild.h"

namespace rollcall::ctl {

/// The flags of commands that take a middleware's matchers: --build, --matcher and --next-base-path.
[[nodiscard]] std::vector<Flag> matcherFlags();
/// "build".
[[nodiscard]] const QString &buildFlag();

/// What the folder of --build says; nullopt where the flag was not given. Errors: those of readNextBuild().
[[nodiscard]] base::Result<std::optional<routes::NextBuild>> readBuild(const Arguments &arguments);

/// The patterns of --matcher, then those of @p build. Errors: UsageInvalid, with the reason as Next.js says it.
[[nodiscard]] base::Result<std::vector<routes::MatcherPattern>>
readMatchers(const Arguments &arguments, const std::optional<routes::NextBuild> &build);

} // namespace rollcall::ctl
