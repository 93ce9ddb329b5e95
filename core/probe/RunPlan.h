#pragma once

#include <QStringList>
#include <QUrl>

#include <chrono>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/probe/BlockScheduler.h"
#include "core/probe/Budget.h"
#include "core/probe/Cell.h"

namespace rollcall::probe {

/// Which cookie the requests carry.
enum class CookieChoice {
    Canary, ///< a labelled session made for the run and removed after it
    None,
    Given, ///< RunPlan::cookieHeader, a deliberate choice: asking may extend that session
};

/// "canary", "none", "given".
[[nodiscard]] QString cookieChoiceName(CookieChoice choice);

/// What to measure and how. Move-only because it may hold a cookie. **Thread-safety:** a value.
struct RunPlan
{
    QStringList routes;                               ///< paths beginning with "/", no repeats
    std::vector<ProbeMode> modes;                     ///< no repeats
    std::optional<int> samples;                       ///< measured, for each cell
    std::optional<std::chrono::nanoseconds> duration; ///< measuring time; whichever of both comes first ends the run
    std::optional<double> rate;                       ///< open run: requests a second over all cells together
    std::optional<int> concurrency;                   ///< closed run; neither: open at the guards' rate
    Arrival arrival = Arrival::Poisson;
    std::optional<int> warmup; ///< blocks to drop; nullopt: autoWarmup, 0 keeps all
    CookieChoice cookie = CookieChoice::Canary;
    /// States of the cookie that network cells are measured with, side by side; the first is usually Plan.
    std::vector<CookieState> cookieStates{CookieState::Plan};
    bool reused = true;             ///< network cells on kept connections
    bool cold = false;              ///< network cells on connections made for each request, beside or instead
    base::SecretBytes cookieHeader; ///< with CookieChoice::Given: a raw Cookie header value
    bool guards = true;
    bool hostConfirmed = false;                ///< guards off towards a host that is not loopback
    bool mayWrite = false;                     ///< the user agreed to the row of a canary
    std::chrono::milliseconds timeout{10'000}; ///< of one request
    std::chrono::milliseconds cacheTtl{60'000};
    bool partials = true; ///< RunProgress::partial is wanted; making it costs processor time
    quint64 seed = 0;
    std::vector<Budget> budgets;

    static constexpr int autoWarmup = 3;

    [[nodiscard]] bool isClosed() const { return concurrency.has_value(); }
    [[nodiscard]] int warmupBlocks() const { return warmup.value_or(autoWarmup); }
    /// Whether any mode sends requests to the deployment.
    [[nodiscard]] bool hasNetwork() const;
    /// Whether any mode resolves in this process.
    [[nodiscard]] bool hasLocal() const;
    /// Every route with every mode, cached modes twice (hit and miss), in the order given.
    [[nodiscard]] std::vector<CellId> cells() const;

    /// Everything that can be wrong before anything is contacted. Errors: UsageInvalid (Flag, Detail), PartNotGiven
    /// (network modes without @p baseUrl), GuardRefused (rate, concurrency or samples beyond a guard's ceiling).
    [[nodiscard]] base::Status validate(const std::optional<QUrl> &baseUrl) const;
};

/// Reads "valid,none,garbage". Errors: UsageInvalid (unknown or repeated).
[[nodiscard]] base::Result<std::vector<CookieState>> parseCookieStates(const QString &text);

/// Reads "local,proxy,cached". Errors: UsageInvalid (unknown or repeated).
[[nodiscard]] base::Result<std::vector<ProbeMode>> parseModes(const QString &text);

/// A seed for a run whose user named none.
[[nodiscard]] quint64 randomSeed();

} // namespace rollcall::probe
