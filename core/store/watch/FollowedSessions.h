#pragma once

#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/base/Result.h"
#include "core/store/watch/SessionChange.h"

namespace rollcall::store {

/// Which part of the live sessions, in the order of their expiry, a look has read without gaps.
struct Coverage
{
    base::Instant at;     ///< "now" of the look
    bool complete = true; ///< all live sessions
    /// Otherwise: all that expire before soonestUntil, and all that expire after latestFrom. Sliding expiry puts every
    /// session that is made or extended at that upper end.
    base::Instant soonestUntil{};
    base::Instant latestFrom{};

    [[nodiscard]] bool covers(base::Instant expires) const
    {
        return complete || expires < soonestUntil || expires > latestFrom;
    }
};

/// What one look at the database found.
struct SessionLook
{
    Coverage coverage;
    std::vector<session::ListedSession> rows; ///< live, in any order; of rows that come twice the first counts
    bool cutShort = false;                    ///< as WatchScope::cutShort
};

/// The sessions that are followed, and what changed about them from look to look. Memory is bounded: at most
/// mostFollowed sessions are kept, first of all those in view and those that the last look found.
///
/// *What is seen.* Where a look covers all live sessions: every change that is still to be seen at the next look
/// (a session that is made and deleted between two is not, one that is extended twice is extended once). Otherwise:
/// every session that is made or extended by sliding expiry, since both move it into the covered upper end; every end
/// of the sessions that are followed. Where only the sessions made last are read (WatchPath::ByCreation): every
/// sign-in, and what happens to the sessions that are followed, asked for by id in turns. *What is missed, where not
/// all are followed.* The end of sessions that are not; an expiry moved by hand into the middle, which nothing covers.
/// Such a session whose table has no row id is called revoked (or expired): it is neither where it was nor at an end.
/// *What is told wrong.* A session that is made live again after it had expired is called signed-in.
/// **Thread-safety:** none; belongs to one thread.
class FollowedSessions final
{
public:
    static constexpr std::size_t mostFollowed = 10'000;
    /// Followed sessions outside of what the look covered are asked for by id, so many a look.
    static constexpr std::size_t askedPerLook = 500;

    /// Reads those of the sessions that still exist, in any state and by key; the others are left out.
    using LookUp =
        std::function<base::Result<std::vector<session::ListedSession>>(std::span<const session::ListedSession>)>;

    /// Compares @p look with what was known, asks @p lookUp about sessions that are not where they were, and takes the
    /// new state over. The first look changes nothing. Errors: those of @p lookUp; then nothing was taken over, and the
    /// next look finds the same changes.
    [[nodiscard]] base::Result<std::vector<SessionChange>> take(const SessionLook &look, const LookUp &lookUp);

    /// Sessions to follow wherever they lie in the order, in the place of those named before.
    void setInView(const std::vector<session::ListedSession> &sessions);

    /// The highest row id, where ids are numbers that grow: tells sessions that are made from those that are extended.
    void setHighestId(qint64 id) { m_highestId = id; }
    [[nodiscard]] std::optional<qint64> highestId() const { return m_highestId; }

    [[nodiscard]] std::size_t size() const { return m_known.size(); }
    /// What the last look covered; nullopt before the first.
    [[nodiscard]] const std::optional<Coverage> &coverage() const { return m_coverage; }
    /// When the next of the followed sessions expires; nullopt where none does.
    [[nodiscard]] std::optional<base::Instant> nextExpiry() const;

private:
    struct Followed
    {
        session::ListedSession session;
        quint64 seen = 0; ///< number of the look that last found it
    };
    using Known = std::unordered_map<QString, Followed>;
    using Seen = std::unordered_map<QString, const session::ListedSession *>;

    [[nodiscard]] std::vector<session::ListedSession> toAsk(const SessionLook &look, const Seen &seen) const;
    void addEnded(const SessionLook &look, const Seen &seen, const std::vector<session::ListedSession> &asked,
                  const std::vector<session::ListedSession> &found, std::vector<SessionChange> &changes);
    void addFound(const SessionLook &look, const Seen &seen, std::vector<SessionChange> &changes);
    [[nodiscard]] SessionChange appeared(const session::ListedSession &session, base::Instant at) const;
    /// Made since the last look, as its time of creation or its number says.
    [[nodiscard]] bool isNewer(const session::ListedSession &session) const;
    [[nodiscard]] bool isDue(const Followed &followed, const Coverage &coverage) const;
    void forgetOldest();

    Known m_known;
    std::unordered_set<QString> m_inView;
    std::optional<Coverage> m_coverage;
    std::optional<qint64> m_highestId;
    quint64 m_looks = 0;
};

} // namespace rollcall::store
