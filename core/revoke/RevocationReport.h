#pragma once

#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <optional>
#include <vector>

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/base/Fingerprint.h"

namespace rollcall::revoke {

enum class RowOutcome {
    Revoked,     ///< this operation deleted it
    AlreadyGone, ///< it was no longer there
    Changed,     ///< the key now belongs to another user: left alone
    Failed,      ///< the database refused; it is still there
    Unknown,     ///< the link broke during the commit and the row could not be read again
    NotTried,    ///< the operation stopped before it
};
enum class ProofOutcome { NotAsked, Refused, StillAccepted, Unchecked };

/// What became of one session of the plan.
struct RowReport
{
    base::Fingerprint fingerprint;
    std::optional<QString> userId;
    RowOutcome outcome = RowOutcome::Unknown;
    bool cachePurged = false;
    /// Its token stands in a row that was not the plan's to delete: the session is accepted by that.
    bool stillHeld = false;
    ProofOutcome proof = ProofOutcome::NotAsked;
    std::optional<std::chrono::milliseconds> refusedAfter; ///< from the commit to the first refusal
    QString answer;                                        ///< "200 null", "proxy-timeout", … no secrets
    /// Of one that is still accepted: when it ends, as the deployment's own answer says; something may extend it.
    std::optional<base::Instant> acceptedUntil;
};

/// One thing that was done and when, for the result's list.
struct Done
{
    base::Instant at;
    QString what;
};

/// What the deployment said when it was asked for the revoked sessions, or a random sample of them, counted.
struct VerificationReport
{
    qint64 checked = 0, refused = 0, stillAccepted = 0, unchecked = 0;
    std::optional<qint64> sampledOf; ///< so many were revoked, and a sample was asked about; nullopt: about all
    /// Of a sample that was refused as a whole: with 95 % confidence at most this share of all is still accepted,
    /// 1 - 0.05^(1/checked).
    std::optional<double> mostStillAccepted;
    std::optional<std::chrono::milliseconds> timeToEffect; ///< from the commit to the last first-refusal
    /// When the last of those ends that are still accepted, see RowReport::acceptedUntil; nullopt: none is, or of one
    /// it is not known.
    std::optional<base::Instant> acceptedUntil;
    QMap<QString, qint64> uncheckedBecause{}; ///< RowReport::answer of those that are unchecked, and how many have it
    /// Whether the deployment accepted a live session of our own in this database: where it did not, no refusal is
    /// counted. nullopt: it was not asked or gave no answer, see whyNoControl.
    std::optional<bool> controlAccepted{};
    QString whyNoControl{}; ///< for people; empty: it was asked, or nothing could be

    /// Counts @p row, which was to be asked about.
    void add(const RowReport &row);
    /// Says of all that were counted what can be said of all alone.
    void finish();
    /// All of it as the audit log has it.
    [[nodiscard]] QJsonObject recordJson() const;
    /// uncheckedBecause for people, on one line: the reason, or each with its number.
    [[nodiscard]] QString because() const;
    /// uncheckedBecause as JSON: `{"REASON":N}`.
    [[nodiscard]] QJsonObject becauseJson() const;
};

/// The truthful outcome of a revocation, complete also when it stopped midway. Counts are those of all its runs.
struct RevocationReport
{
    QString auditId;
    qint64 matched = 0, revoked = 0, skipped = 0, batches = 0, cachePurged = 0;
    std::optional<VerificationReport> verification; ///< nullopt: not wanted
    std::vector<RowReport> rows;                    ///< in the plan's order
    std::vector<Done> log;
    std::optional<base::Error> error; ///< why it stopped midway; nullopt: carried through
    bool resumable = false;           ///< it stopped midway and stands among the unfinished operations
    /// Why entries of revoked sessions may still be in the cache, until their time to live is over; nullopt: none is.
    std::optional<base::Error> cacheError;
    /// For people: why it is not known of all sessions whether other rows hold their tokens still; empty: it is, of
    /// those that were looked for.
    QString whyHeldUnknown;
    qint64 unreadLists = 0; ///< in the cache, of users' sessions, that could not be mended; see unreadLists()
    std::optional<base::Instant> undoUntil; ///< until when the deleted rows can be put back; nullopt: they cannot
    QString whyNoUndo; ///< for people: why not, although it was wanted; empty: they can, or nobody wanted it
    std::chrono::milliseconds took{0};

    /// How many of the rows ended as @p outcome.
    [[nodiscard]] qint64 count(RowOutcome outcome) const;
    /// How many sessions, of those whose rows are gone, are accepted by other rows still: each token once.
    [[nodiscard]] qint64 stillHeld() const;
    /// Which sessions were left alone or live on, and why: a sentence each, for people; empty: none.
    [[nodiscard]] QStringList notEnded() const;
};

} // namespace rollcall::revoke
