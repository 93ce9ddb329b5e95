#pragma once

#include <span>

#include "core/store/SessionStore.h"
#include "core/store/watch/FollowedSessions.h"

namespace rollcall::store {

/// Reads what a look at the sessions needs, by statements that an index can serve: all live sessions where they are
/// few, else both ends of their order by expiry. Where no index serves that order and the table is large, only the
/// sessions that were made last, if keys or times of creation tell which. Each statement has a deadline of its own.
/// **Thread-safety:** as the store: one thread at a time.
class LookReader final
{
public:
    /// At most so many live sessions are followed as a whole.
    static constexpr int mostRead = FollowedSessions::mostFollowed;
    /// Where there are more: so many at either end.
    static constexpr int windowRows = 1'000;
    /// What was written since the last look is read in pages of windowRows, at most so many.
    static constexpr int mostPages = 10;
    /// From here on a table is large: reading the whole of it takes long.
    static constexpr qint64 largeRows = 100'000;
    static constexpr qint64 largeBytes = 64 << 20;

    /// @p store is borrowed and outlives the object. Each statement may take @p timeout; @p stop cancels.
    LookReader(SessionStore &store, std::chrono::milliseconds timeout, std::stop_token stop)
        : m_store(store), m_timeout(timeout), m_stop(std::move(stop))
    {}

    /// Finds out which path the looks take, from the tables' indexes and size; until then they read the whole table.
    /// Blocks. Errors: as SessionStore::page().
    [[nodiscard]] base::Status choosePath(base::Instant now);
    [[nodiscard]] WatchPath path() const { return m_path; }

    /// One look, after one that covered @p previous and knew no id above @p highestId. Blocks. Errors: as
    /// SessionStore::page().
    [[nodiscard]] base::Result<SessionLook> look(const std::optional<Coverage> &previous,
                                                 std::optional<qint64> highestId, base::Instant now);

    /// Those of @p sessions that still exist, in any state: by row id, or where there is none among those that expired
    /// last. Blocks. Errors: as SessionStore::findRows().
    [[nodiscard]] base::Result<std::vector<session::ListedSession>>
    existing(std::span<const session::ListedSession> sessions, base::Instant now);

    /// The highest row id where, as @p rows show, ids are numbers and the tables keep no time of creation; nullopt
    /// elsewhere. Blocks. Errors: as SessionStore::page().
    [[nodiscard]] base::Result<std::optional<qint64>> highestId(std::span<const session::ListedSession> rows,
                                                                base::Instant now);

private:
    [[nodiscard]] base::Call call() const { return base::Call::within(m_timeout, m_stop); }
    base::Result<SessionPage> page(bool descending, int limit, const std::optional<QByteArray> &cursor,
                                   base::Instant now);
    base::Result<SessionPage> lastMade(int limit, const std::optional<QByteArray> &cursor, base::Instant now);
    base::Result<SessionLook> lookByCreation(const std::optional<Coverage> &previous, std::optional<qint64> highestId,
                                             base::Instant now);
    base::Result<bool> isLarge();
    /// The path where no index on the expiry serves.
    base::Status chooseOther(base::Instant now);

    SessionStore &m_store;
    std::chrono::milliseconds m_timeout;
    std::stop_token m_stop;
    WatchPath m_path = WatchPath::WholeTable;
};

} // namespace rollcall::store
