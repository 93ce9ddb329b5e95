#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

#include "core/base/Result.h"
#include "core/base/Secret.h"

namespace rollcall::cache {

/// How the keys are named under which a Redis database holds copies of sessions: text around the token or a digest of
/// it. Written as `app:session:{token}`, `app:{sha256}:v1` or `app:{fingerprint}` (SHA-256 of the token in hex, whole
/// or its first 16 digits); or, for what libraries write, `upstash` (`user:session:TOKEN` of the Upstash-Redis and
/// Unstorage adapters) and `better-auth` (the bare TOKEN of its secondary storage).
/// **Source:** facts/database-schemas.md §5, §6. **Thread-safety:** a plain value.
class CacheKeyPattern final
{
public:
    enum class Names { Token, Sha256, Fingerprint };
    /// What the values must be for a key to count: of a library's keys some hold something else.
    enum class Values { Any, Rollcall, Upstash, BetterAuth };

    /// Errors: UsageInvalid (Detail says what is wrong).
    [[nodiscard]] static base::Result<CacheKeyPattern> parse(const QString &text);
    /// Rollcall's own entries (RedisCache.h) of every scope.
    [[nodiscard]] static CacheKeyPattern ours();

    /// As it was written.
    [[nodiscard]] const QString &text() const { return m_text; }
    [[nodiscard]] Values values() const { return m_values; }
    /// The key of @p token. It may hold the token: the caller wipes it.
    [[nodiscard]] QByteArray keyOf(QByteArrayView token) const;
    /// What SCAN's MATCH takes to return all keys of this pattern, and as few others as one glob can.
    [[nodiscard]] QByteArray scanPattern() const;

    /// What a key tells of its session.
    struct Match
    {
        base::SecretBytes token; ///< empty where the key holds a digest
        base::Fingerprint fingerprint;
    };
    /// nullopt: @p key is not of this pattern.
    [[nodiscard]] std::optional<Match> match(QByteArrayView key) const;

private:
    CacheKeyPattern(QString text, QByteArray prefix, QByteArray suffix, Names names, Values values)
        : m_text(std::move(text)),
          m_prefix(std::move(prefix)),
          m_suffix(std::move(suffix)),
          m_names(names),
          m_values(values)
    {}

    QString m_text;
    QByteArray m_prefix;
    QByteArray m_suffix;
    Names m_names;
    Values m_values;
};

} // namespace rollcall::cache
