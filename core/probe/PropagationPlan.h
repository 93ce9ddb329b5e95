#pragma once

#include <QUrl>

#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/probe/Cell.h"
#include "core/probe/PropagationTrial.h"

namespace rollcall::probe {

/// What to revoke, how often, and how closely to look. **Thread-safety:** a value.
struct PropagationPlan
{
    std::vector<ProbeMode> modes;                     ///< of local, proxy and the cached ones; no repeats
    int trials = 20;                                  ///< for each cell, 1 … mostTrials
    std::optional<std::chrono::nanoseconds> interval; ///< of a trial's probes; nullopt: 250 ms, elsewhere 2 s
    std::optional<std::chrono::nanoseconds> horizon;  ///< nullopt: three times to live, 2 min for JWT
    std::chrono::milliseconds cacheTtl{60'000};       ///< of what the cached cells keep
    std::chrono::milliseconds age{10'000};            ///< cells without a cache of ours: TrialLaw::age
    std::chrono::milliseconds settle{5'000};          ///< TrialLaw::settle
    std::chrono::milliseconds timeout{10'000};        ///< of one probe
    bool isElsewhere = false; ///< database or cache are on another machine: probed carefully, wherever baseUrl leads
    bool mayWrite = false;    ///< the user agreed to canary rows and rules
    quint64 seed = 0;

    static constexpr int mostTrials = 1'000;
    static constexpr std::chrono::minutes longestRun{60}; ///< of trials; canaries live a little longer

    /// Everything that can be wrong before anything is contacted. Errors: UsageInvalid, PartNotGiven (proxy without
    /// @p baseUrl), GuardRefused (an interval below what the guards allow towards that host).
    [[nodiscard]] base::Status validate(const std::optional<QUrl> &baseUrl) const;
    /// The interval towards a deployment at @p baseUrl.
    [[nodiscard]] std::chrono::nanoseconds intervalFor(const std::optional<QUrl> &baseUrl) const;
    /// How many trials may be under way at once, so that all of them together keep to the guards' rate.
    [[nodiscard]] int parallelFor(const std::optional<QUrl> &baseUrl) const;
    /// The law of a trial of @p mode; @p revocable: of a row or by a rule.
    [[nodiscard]] TrialLaw lawFor(ProbeMode mode, bool revocable, const std::optional<QUrl> &baseUrl) const;
};

} // namespace rollcall::probe
