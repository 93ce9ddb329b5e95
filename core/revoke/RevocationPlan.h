#pragma once

#include <optional>
#include <vector>

#include "core/deployment/Deployment.h"
#include "core/revoke/UserList.h"

namespace rollcall::revoke {

/// What a revocation is to end: named sessions, all of some users, or all that a query matches. Names and query
/// together are a union.
struct Selection
{
    QStringList sessions;                     ///< row ids or fingerprints
    std::optional<store::SessionQuery> query; ///< a user, filters, or everyone; its limit is ignored
    std::vector<NamedUser> users;             ///< narrows @ref query to these users; empty: to nobody in particular
    std::optional<int> keepNewest; ///< spares so many of each user's matching sessions (rows of one token are one), the
                                   ///< newest by creation, else by expiry

    /// Whether who and what was typed to choose sessions is told, or only that it was.
    enum class Names { AsTyped, LeftOut };
    [[nodiscard]] QString describe(Names names = Names::AsTyped) const;
};

/// Exactly what a revocation will touch, frozen before consent. Holds tokens: never leaves memory in this form.
/// Move-only.
struct RevocationPlan
{
    QString digest; ///< hex SHA-256 over the frozen rows' fingerprints, their users and the statement
    base::Instant frozenAt;
    Selection selection; ///< its users as they were understood: remarks left out, fields in the place of their line
    QString what;        ///< the selection in words: Selection::describe()
    QString onRecord;    ///< the same without names, for the audit log
    std::vector<store::PlannedRow> rows;
    QStringList unmatched;      ///< named sessions that nobody has
    QStringList unmatchedUsers; ///< users of the selection without a matching session
    std::vector<int> remarks;   ///< lines of the list that matched nobody and were taken for comments or column names
    std::vector<int> inFields;  ///< lines of the list whose fields were taken, as nobody is called as the whole line
    /// How many of the rows were not chosen, but hold the token of one that was: the session is accepted by each.
    qint64 sharing = 0;
    qint64 sharingLive = 0; ///< of these, the ones that are live, whatever state was chosen by
    /// Sessions whose token stands in a row as well that is left alone, as it is another user's (or came after a saved
    /// plan): they are accepted by that.
    std::vector<base::Fingerprint> heldByOthers;
    QString whyNotLooked; ///< for people: why it is not known which rows hold these tokens besides; empty: it is
    qint64 users = 0;     ///< distinct users touched
    QString statement;    ///< the DELETE with parameters masked

    /// What `digest` must be for these rows and this statement.
    [[nodiscard]] QString computeDigest() const;
};

/// The largest plan: its keys are held in memory.
inline constexpr qint64 largestPlan = 1'000'000;

/// Reads the matching rows and freezes them, with those of the same users that hold one of their tokens, too, where
/// tokens can repeat; where these cannot be read, RevocationPlan::whyNotLooked says so. Never writes. @p max: more rows
/// are an error (at most largestPlan). Errors: those of the store, NotRevocable (JWT), TooManyMatched, WriteRefused
/// (Part "twins": a row that would go holds the token and the user of another, in a table without ids, so that nothing
/// tells the two apart).
[[nodiscard]] base::Result<RevocationPlan> freezePlan(const deployment::Deployment &deployment,
                                                      store::SessionStore &store, Selection selection, qint64 max,
                                                      const base::Call &call);

/// Notes in a plan that was saved, whose rows are settled, which of its sessions other rows hold by now. Errors:
/// Cancelled, WriteRefused as freezePlan().
[[nodiscard]] base::Status noteHolders(RevocationPlan &plan, store::SessionStore &store, const base::Call &call);

/// Why sessions of a JWT deployment cannot be revoked, and until when their tokens are accepted.
struct NotRevocable
{
    std::optional<base::Instant> acceptedUntil; ///< latest expiry if nothing renews it; nullopt: unknown or without end
    QString explanation;
    QString remedy;
};

/// The truth about a JWT deployment. **Source:** facts/session-protocol.md §3.2: a token lives maxAge from its issue;
/// v4 issues at sign-in with jwt.maxAge, 30 days by default, whatever session.maxAge says; each session request issues
/// anew.
[[nodiscard]] NotRevocable explainNotRevocable(const deployment::Deployment &deployment);

} // namespace rollcall::revoke
