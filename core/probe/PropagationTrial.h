#pragma once

#include <QtGlobal>

#include <chrono>
#include <optional>

#include "core/probe/Random.h"

namespace rollcall::probe {

/// What a deployment, or a resolver of ours, says about a canary.
enum class ProbeAnswer {
    Accepted,
    Refused,
    NoAnswer, ///< it could not be asked, or what came was neither
};

/// How one trial goes.
struct TrialLaw
{
    /// Between two probes, on average. Before the revocation at random moments, as the model of a cache assumes of its
    /// users; after it evenly, each gap within a half of it: at fixed steps a time to live that is a multiple of them
    /// ends just when a probe comes, and each estimate is half a step short.
    std::chrono::nanoseconds interval{250'000'000};
    /// The session is used for a random time up to this before it is revoked. Twice the cache's time to live: a revoke
    /// right after the entry was filled would always find all of that time ahead.
    std::chrono::nanoseconds age{0};
    std::chrono::nanoseconds horizon{120'000'000'000}; ///< after the revocation; then it counts as never refused
    std::chrono::nanoseconds settle{5'000'000'000};    ///< refusals must last so long: caches may disagree

    static constexpr int confirmations = 3; ///< acceptances before the revocation
    static constexpr int refusals = 10;     ///< in a row, after which nobody is asked any more
    static constexpr int mostSilent = 20;   ///< probes without answer in a row, after which the trial is given up
};

/// What became of one trial. Times are nanoseconds from when the revocation was acknowledged.
struct TrialOutcome
{
    enum class End {
        Running,
        Refused,      ///< the refusals have settled
        NeverRefused, ///< still accepted at the horizon: right-censored
        NotAccepted,  ///< refused before it was revoked: nothing can be learnt of it
        NoAnswer,     ///< nobody could be asked
    };
    End end = End::Running;
    std::optional<qint64> firstRefusedNs; ///< start of the first refused probe
    std::optional<qint64> lastAcceptedNs; ///< start of the last accepted probe, where one came after the revocation
    std::optional<qint64> settledNs;      ///< start of the first refused probe after which none was accepted
    int staleAccepts = 0;                 ///< accepted probes after the revocation
    qint64 acknowledgeNs = 0;             ///< how long the revocation took to be acknowledged

    /// Whether the trial was carried through, so that it counts.
    [[nodiscard]] bool counts() const { return end == End::Refused || end == End::NeverRefused; }
    /// How long the session outlived its revocation: the middle of when it was last seen accepted and when it was seen
    /// refused; nullopt where it was not refused.
    [[nodiscard]] std::optional<qint64> windowNs() const;
};

/// One canary session from its first use to when nobody accepts it any more: says when it is to be probed and when to
/// be revoked, and notes what came of it. Pure: time comes with what is told. Several
/// instances with a cache each have all seen the canary for the first time at about the same moment: how much later the
/// last of them refuses is underestimated. **Source:** facts/latency-method.md §4.1,
/// the probed arm. **Thread-safety:** one thread at a time.
class PropagationTrial final
{
public:
    enum class Step { Probe, Revoke, Done };

    /// Begins at @p beginNs, everything random drawn from @p random.
    PropagationTrial(const TrialLaw &law, qint64 beginNs, Random random);

    /// What is to be done next, and when at the earliest.
    [[nodiscard]] Step step() const;
    [[nodiscard]] qint64 dueNs() const;

    /// A probe that went out at @p startNs was answered at @p endNs. Probes that are late are left out, never made up.
    void probed(qint64 startNs, qint64 endNs, ProbeAnswer answer);
    /// The revocation was asked for at @p sentNs and acknowledged at @p ackNs.
    void revoked(qint64 sentNs, qint64 ackNs);

    /// Nobody is asked until @p untilNs: a trial that is revoked ends without answer, as when it was refused is not
    /// seen any more; another goes on then.
    void paused(qint64 untilNs);

    [[nodiscard]] const TrialOutcome &outcome() const { return m_outcome; }

private:
    void beforeRevocation(qint64 endNs, ProbeAnswer answer);
    void afterRevocation(qint64 startNs, ProbeAnswer answer);

    [[nodiscard]] qint64 gapNs();

    TrialLaw m_law;
    Random m_random;
    TrialOutcome m_outcome;
    qint64 m_nextProbeNs;
    qint64 m_ageNs;
    std::optional<qint64> m_revokeAtNs;
    std::optional<qint64> m_ackNs;
    int m_accepted = 0;
    int m_silent = 0;  ///< probes without answer in a row
    int m_refused = 0; ///< in a row
};

} // namespace rollcall::probe
