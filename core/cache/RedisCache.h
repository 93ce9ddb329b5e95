#pragma once

#include "core/cache/Breaker.h"
#include "core/cache/CacheValue.h"
#include "core/cache/ChannelPerThread.h"

namespace rollcall::cache {

/// Sessions kept in a Redis database, so that several processes share them. **What it holds is session data (names,
/// e-mail addresses, user ids) in clear, and not authenticated**: whoever may read that database may read it, and
/// whoever may write to it can make cached mode answer a session that is none; tokens are not in it:
/// where a session shows its own (as Better Auth does), it is left out and put back from the request. A Redis Cluster
/// is not supported: commands take keys of several slots.
///
/// Keys (`SCOPE`: Names::scope; `DIGEST` is SHA-256 in hex):
/// | key | value |
/// | --- | --- |
/// | `rollcall:1:SCOPE:s:DIGEST of the token` | an entry (CacheValue.h), with its time to live |
/// | `rollcall:1:SCOPE:u:DIGEST of the user id` | sorted set of token digests by when their entries end, for
/// eraseUser(); lives a day | | `rollcall:1:SCOPE:g`, `…:a` | the cache's tags (CacheTags) |
///
/// An entry is named by its token alone, not by the deployment that it is of: tokens are random, so those of two
/// deployments do not meet, and whoever erases a session reaches its entry by whatever name he knows the deployment's
/// database (a pooler's address, an alias). That one deployment's session is never answered to another's users is the
/// form's work: an entry tells whose it is, and one of another form is none. Those who know one database by two names
/// have two forms and do not share answers, only erasures. What deployments of one scope share beside is the user index
/// and the tags: eraseUser(), noteSignIn() and clear() of one may drop entries of the other, which costs look-ups and
/// nothing else; a database number, or a scope, of its own spares a deployment that.
///
/// A look-up costs one round trip (entry and tags by one MGET), keeping and erasing likewise; eraseUser() two.
/// Invalidation holds against look-ups under way in this process; clear() and noteSignIn() against those in others too,
/// while after erase() and eraseUser() a look-up that another process has under way may put back what was erased, until
/// its time to live is over.
/// **Thread-safety:** thread-safe; each thread has a connection of its own.
class RedisCache final : public SessionCache
{
public:
    /// Entries live no longer, whatever time to live is asked for.
    static constexpr std::chrono::hours longestLife{24};
    /// Sessions of one user that are kept; more are not.
    static constexpr qint64 mostOfOneUser = 1'000;

    /// How entries are told apart. Both are words of letters and digits.
    struct Names
    {
        QByteArray scope; ///< all who may hold a deployment's sessions say the same, so that a revocation by one is
                          ///< seen by all
        QByteArray form;  ///< of what an answer is made beside the token: the deployment's database or secret, version,
                          ///< ages
    };

    /// @p channels makes connections. An operation takes @p patience and half of its call at most: a cache that answers
    /// later than that is of no use. @p clock is borrowed.
    RedisCache(ChannelPerThread::Factory channels, Names names, std::chrono::milliseconds patience,
               const base::Clock &clock);

    // Errors of all: those of RedisChannel::pipeline(), StatementFailed; and, of find() and store() alone,
    // DatabaseUnavailable without asking while the server is left alone after a failure (Breaker).

    /// What is there but cannot be read is nothing, and Found::note says so.
    [[nodiscard]] base::Result<Found> find(QByteArrayView token, const base::Call &call) override;
    /// Without a generation (0) nothing is kept.
    [[nodiscard]] base::Status store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl,
                                     quint64 generation, const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView> tokens,
                                                            const base::Call &call) override;
    [[nodiscard]] base::Result<qint64> eraseUser(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status noteSignIn(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status clear(const base::Call &call) override;

private:
    using Commands = std::vector<redis::RedisCommand>;
    using Replies = std::vector<redis::RedisReply>;

    /// What is worth a try while the server is left alone: an invalidation that is not made leaves a session in.
    enum class Worth { WhenWell, Always };
    /// Carries @p commands out under the breaker; a refused command is an error.
    [[nodiscard]] base::Result<Replies> run(const Commands &commands, const base::Call &call,
                                            Worth worth = Worth::WhenWell);
    /// Erases the entries that the index of @p userId names, and says how many there were.
    [[nodiscard]] base::Result<qint64> eraseIndexed(const QString &userId, const base::Call &call);
    [[nodiscard]] base::Result<CacheTags> makeTags(const base::Call &call);
    [[nodiscard]] QByteArray entryKey(QByteArrayView digest) const;
    [[nodiscard]] QByteArray userKey(const QString &userId) const;

    ChannelPerThread m_channels;
    const QByteArray m_prefix;
    const QByteArray m_form;
    const QByteArray m_allKey;
    const QByteArray m_absencesKey;
    const std::chrono::milliseconds m_patience;
    const base::Clock &m_clock;
    Breaker m_breaker;
};

} // namespace rollcall::cache
