#include "core/cache/SessionCache.h"

#include "core/base/Sha256.h"

namespace rollcall::cache {

QByteArray cacheKey(QByteArrayView token)
{
    // SHA-256 rather than a keyed hash of this process: shared caches need the same key everywhere.
    const base::Sha256Hex digits = base::sha256Hex({token});
    return {digits.data(), static_cast<qsizetype>(digits.size())};
}

base::Result<bool> SessionCache::erase(QByteArrayView token, const base::Call &call)
{
    const auto erased = eraseMany({&token, 1}, call);
    if (!erased)
        return base::fail(erased.error());
    return erased->front();
}

} // namespace rollcall::cache
