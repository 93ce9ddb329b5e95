#pragma once

#include "core/cache/SessionCache.h"

namespace rollcall::cache {

/// What a shared cache was when an entry was made: tags drawn at random, renewed by clear() and by a sign-in. An entry
/// with another tag than the cache has now is none.
struct CacheTags
{
    quint32 all = 0;      ///< renewed by clear(); 0: unknown
    quint32 absences = 0; ///< renewed by a sign-in; 0: unknown

    bool operator==(const CacheTags &) const = default;

    [[nodiscard]] static CacheTags of(quint64 generation)
    {
        return {static_cast<quint32>(generation >> 32), static_cast<quint32>(generation)};
    }
    [[nodiscard]] quint64 generation() const { return quint64{all} << 32 | absences; }
    [[nodiscard]] bool isKnown() const { return all != 0 && absences != 0; }
};

/// An entry of a shared cache, read.
struct CacheValue
{
    SessionCache::Entry entry;
    CacheTags tags;
    QByteArray form;   ///< RedisCache::Names::form of who kept it
    QByteArray digest; ///< of the token that it is for
};

/// @p value, kept for @p token, as the JSON text that shared caches hold:
///
/// | member | value |
/// | --- | --- |
/// | `v` | 2, the version of this form |
/// | `g`, `a` | tags, as numbers |
/// | `f` | the form, letters and digits |
/// | `t` | digest of the token, as in the key |
/// | `session` | the session's JSON as a string, so that its text survives as it is, but with U+001A, which no JSON
/// text holds, wherever it showed the token (Better Auth's does); absent where there is none | | `reason` | name of the
/// null reason (`row-missing`); absent beside a session | | `user` | user id; absent where unknown | | `expires` | the
/// session's own end in milliseconds since 1970; absent where there is none |
[[nodiscard]] QByteArray encodeCacheValue(const CacheValue &value, QByteArrayView token);

/// Reads it back, with @p token in its places; nullopt for anything that encodeCacheValue() does not make.
/// **Thread-safety:** pure functions.
[[nodiscard]] std::optional<CacheValue> decodeCacheValue(const QByteArray &text, QByteArrayView token);

} // namespace rollcall::cache
