#pragma once

#include <memory>

#include "core/engine/SessionEngine.h"
#include "core/revoke/NotBeforeRule.h"

namespace rollcall::revoke {

/// A resolver of JWT sessions that also refuses what @p rules refuse, as a deployment does whose jwt callback honours
/// them: in v4 as a callback that threw, in v5 as one that returned null, the cookies cleared. @p resolver is the
/// engine's own. **Thread-safety:** as @p resolver.
[[nodiscard]] std::unique_ptr<engine::Resolver> makeRuledResolver(std::unique_ptr<engine::Resolver> resolver,
                                                                  std::shared_ptr<const session::AuthProfile> profile,
                                                                  std::vector<NotBeforeRule> rules,
                                                                  const base::Clock &clock);

/// When the session in @p token began, by its claims as the callback has them (CallbackSnippet.h), and whose it is.
struct TokenOrigin
{
    base::Instant since;
    std::optional<QString> userId, email;
};
/// nullopt: the token cannot be opened with the profile's secrets at @p now, or does not say.
[[nodiscard]] std::optional<TokenOrigin> originOf(const session::AuthProfile &profile, QByteArrayView token,
                                                  base::Instant now);

} // namespace rollcall::revoke
