#pragma once

#include <memory>

#include "core/redis/ReadOnlyChannel.h"
#include "core/store/StoreFactory.h"
#include "core/store/UserDirectory.h"
#include "core/store/redis/IndexBuilder.h"
#include "core/store/redis/RedisWriter.h"
#include "core/store/redis/SessionFilter.h"
#include "core/store/redis/SessionReader.h"

namespace rollcall::store {

/// Sessions in a Redis database: those of the Upstash-Redis and Unstorage adapters, and of Better Auth's secondary
/// storage.
///
/// Redis can neither filter, sort nor count sessions, and SCAN has no order in which one could go on later. So a
/// listing begins with one pass over the keys (KeyScan, at a bounded rate) that makes an index of what filters and
/// orders need (SessionIndex, bounded in bytes); filters, orders and counts work on that, and the rows of a page are
/// read again when it is asked for: what is gone by then, or no longer fits the filter, is not shown. Pages follow
/// places (value ordered by, digest of the token) which do not depend on the index, so the next page may come from
/// another pass or another process: a session that was there all along comes exactly once, unless what it is ordered by
/// changed meanwhile. Rejected: paging along SCAN's cursor (no order, the same key twice, filters that leave pages
/// empty), and an index kept in the server (a write).
///
/// The cost of a pass is a look at every key. A page that begins a listing, and a count, make do with an index that is
/// at most ten times as old as it took to make, and at most a minute; one that took less than a quarter of a second is
/// made anew each time. So listing and counting keep a server busy for a tenth of the time at most. What a plan is made
/// of is always read anew.
///
/// Writes are compare-and-set (RedisWriter). A Redis Cluster is not supported: commands take keys of several slots.
/// **Thread-safety:** as SessionStore: one thread at a time.
class RedisSessionStore final : public SessionStore, private UserDirectory
{
public:
    /// Of @p options timeZone and scanPace matter.
    RedisSessionStore(std::unique_ptr<redis::RedisChannel> channel, KeyLayout layout, const StoreOptions &options,
                      Access access);

    base::Result<SessionPage> page(const SessionQuery &query, const std::optional<QByteArray> &cursor,
                                   base::Instant now, const base::Call &call) override;
    base::Result<SessionStats> stats(base::Instant now, const base::Call &call) override;
    base::Result<qint64> count(const SessionQuery &query, base::Instant now, const base::Call &call) override;
    base::Result<std::vector<PlannedRow>> planRows(const SessionQuery &query, qint64 max, base::Instant now,
                                                   const base::Call &call) override;
    base::Result<std::vector<PlannedRow>> findRows(std::span<const QString> ids, QStringList &unmatched,
                                                   base::Instant now, const base::Call &call) override;
    base::Result<std::optional<SessionRow>> lookup(QByteArrayView token, const base::Call &call) override;
    base::Result<std::vector<std::optional<SessionRow>>> lookupMany(std::span<const QByteArrayView> tokens,
                                                                    const base::Call &call) override;
    base::Result<std::vector<std::optional<WholeRow>>> wholeRows(std::span<const QByteArrayView> tokens,
                                                                 const base::Call &call) override;
    base::Result<std::vector<DeleteOutcome>> deleteRows(std::span<const RowKey> keys, const base::Call &call) override;
    base::Result<std::vector<bool>> stillThere(std::span<const RowKey> keys, const base::Call &call) override;
    base::Result<CanaryKey> insertCanary(const CanaryRow &canary, const base::Call &call) override;
    base::Status removeCanary(const CanaryKey &canary, const base::Call &call) override;
    base::Status extend(QByteArrayView token, base::Instant expires, const base::Call &call) override;
    base::Status deleteExpired(QByteArrayView token, base::Instant now, const base::Call &call) override;
    QString deleteStatement() const override;
    base::Result<base::Instant> serverTime(const base::Call &call) override;
    UserDirectory *users() override { return this; }

private:
    base::Result<UserPage> usersPage(const UserQuery &query, const std::optional<QByteArray> &cursor, base::Instant now,
                                     const base::Call &call) override;
    base::Result<std::vector<LeftCanary>> canaries(const base::Call &call) override;
    /// Never known: there is no table of users, and their keys are no part of the index.
    base::Result<std::optional<qint64>> userCount(const base::Call &) override { return std::nullopt; }
    enum class Fresh { Now, Recently, Whenever };
    /// Whether there is an index that is new enough.
    [[nodiscard]] bool hasIndex(Fresh fresh) const;
    /// Makes one; tells why it is not whole where the time was over.
    [[nodiscard]] base::Result<std::optional<base::Error>> makeIndex(const base::Call &call);
    /// An index that is new enough, made where there is none. Errors: those of buildIndex(), Timeout.
    [[nodiscard]] base::Result<SessionIndex *> index(Fresh fresh, const base::Call &call);
    /// The query's condition on users, resolved.
    [[nodiscard]] base::Result<SessionFilter> filterFor(SessionIndex &index, const SessionQuery &query,
                                                        base::Instant now, const base::Call &call);
    [[nodiscard]] base::Status mayWrite() const;
    void forgetIndex();

    std::unique_ptr<redis::RedisChannel> m_channel;
    redis::ReadOnlyChannel m_readOnly;
    const KeyLayout m_layout;
    const QTimeZone m_zone;
    const ScanPace m_pace;
    const Access m_access;
    KeyReader m_reader;
    SessionReader m_rows;
    RedisWriter m_writer;

    std::unique_ptr<SessionIndex> m_index;
    base::Call::Clock::time_point m_madeAt;
    base::Call::Clock::duration m_madeIn{};
    /// The answer to the last search: every page of a listing asks for it again.
    std::optional<std::pair<QString, std::vector<bool>>> m_found;
};

} // namespace rollcall::store
