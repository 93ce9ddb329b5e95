#pragma once

#include "core/engine/NullDiagnosis.h"
#include "core/engine/betterauth/Config.h"
#include "core/engine/betterauth/SignedCookie.h"

namespace rollcall::engine::betterauth {

/// Why Better Auth found no signed session token among the cookies of @p header, which it took for @p state.
/// @p hasCache: a cookie cache is there. **Thread-safety:** pure. **Source:** facts/session-protocol.md §9, N01–N07,
/// N90, N91, N93.
[[nodiscard]] Diagnosis whyNoSignedToken(const Config &config, QByteArrayView header, SignedCookieState state,
                                         bool hasCache);

} // namespace rollcall::engine::betterauth
