#include <QCryptographicHash>

#include "core/cache/SessionCache.h"

namespace rollcall::cache {

QByteArray cacheKey(QByteArrayView token)
{
    // SHA-256 rather than a keyed hash of this process: shared caches need the same key everywhere.
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(token);
    return hash.result().toHex();
}

base::Result<bool> SessionCache::erase(QByteArrayView token, const base::Call &call)
{
    const auto erased = eraseMany({&token, 1}, call);
    if (!erased)
        return base::fail(erased.error());
    return erased->front();
}

} // namespace rollcall::cache
