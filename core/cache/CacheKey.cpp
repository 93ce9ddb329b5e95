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

} // namespace rollcall::cache
