// The statistics of the laboratory on series whose truth is known: do intervals cover it, does nothing differ from
// itself, is a difference found. Prints a table; exit 1 where a row misses its bar.
// Usage: rollcall_statistics [RUNS [coverage|same|saved|found]]      simulated runs a row (1000), and which rows (all);
// coverage rows make twice as many series
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numbers>
#include <string_view>

#include "core/probe/CellResult.h"
#include "core/probe/Comparison.h"
#include "core/probe/Random.h"
#include "core/probe/RunComparison.h"

using namespace rollcall::probe;

namespace {

constexpr int samples = 1600;
constexpr double medianNs = 20e6;
constexpr int enoughRuns = 100;
constexpr double sigma = 0.5; // of the logarithm: a warm HTTP exchange

double normal(Random &random)
{
    return std::sqrt(-2 * std::log1p(-random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
}

/// A stationary AR(1) series of standard normals.
std::vector<double> noise(Random &random, double rho)
{
    std::vector<double> series(samples);
    double last = normal(random);
    for (double &value : series) {
        value = last;
        last = rho * last + std::sqrt(1 - rho * rho) * normal(random);
    }
    return series;
}

qint64 latency(double log)
{
    return std::llround(medianNs * std::exp(log));
}

std::vector<Sample> samplesOf(const std::vector<double> &logs)
{
    std::vector<Sample> all(logs.size());
    for (std::size_t i = 0; i < logs.size(); ++i) {
        all[i].block = static_cast<int>(i);
        all[i].endNs = latency(logs[i]);
    }
    return all;
}

std::vector<double> scaled(std::vector<double> series, double factor, double shift = 0)
{
    for (double &value : series)
        value = factor * value + shift;
    return series;
}

std::vector<double> sum(std::vector<double> a, const std::vector<double> &b)
{
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), std::plus<>());
    return a;
}

/// How two cells of one run come about: what they share, and what each has alone.
struct World
{
    const char *name;
    double rhoAlone;   ///< of each cell's own noise
    double shareAlone; ///< of the standard deviation
    double drift;      ///< of the level over the whole run, in logarithms, shared
};

std::pair<std::vector<double>, std::vector<double>> pairOf(Random &random, const World &world)
{
    const double common = std::sqrt(1 - world.shareAlone * world.shareAlone);
    std::vector<double> shared = scaled(noise(random, 0.9), sigma * common);
    for (std::size_t i = 0; i < shared.size(); ++i)
        shared[i] += world.drift * static_cast<double>(i) / samples;
    const auto alone = [&] { return scaled(noise(random, world.rhoAlone), sigma * world.shareAlone); };
    return {sum(shared, alone()), sum(shared, alone())};
}

RunDocument documentOf(const std::vector<double> &logs)
{
    RunDocument document;
    document.cells.push_back(summarise({QStringLiteral("/"), ProbeMode::Proxy, {}}, samplesOf(logs), 0, 1));
    return document;
}

bool missed = false;

/// @p runs: how many the percentage is of. Of few runs it is known only roughly: three of its standard errors are
/// allowed then, so that a run of seconds fails where something is broken and not by chance.
void row(const char *what, const char *world, double percent, bool atLeast, double bar, int runs)
{
    const double slack = runs < enoughRuns ? 3 * std::sqrt(bar * (100 - bar) / runs) : 0;
    const bool kept = atLeast ? percent >= bar - slack : percent <= bar + slack;
    missed = missed || !kept;
    std::printf("%-34s %-42s %6.1f %%   %s %.0f %%   %s\n", what, world, percent, atLeast ? ">=" : "<=", bar,
                kept ? "kept" : "MISSED");
    std::fflush(stdout);
}

void coverage(int runs, double rho, double p, double z)
{
    Random random(static_cast<quint64>(1000 * rho + 100 * p));
    const qint64 truth = latency(sigma * z);
    int hits = 0;
    for (int i = 0; i < runs; ++i) {
        std::vector<qint64> times;
        for (const double value : noise(random, rho))
            times.push_back(latency(sigma * value));
        const auto interval = quantileInterval(times, p);
        hits += interval && interval->lo <= truth && truth <= interval->hi ? 1 : 0;
    }
    char world[64];
    std::snprintf(world, sizeof world, "p%.0f, rho = %.1f, n = %d", 100 * p, rho, samples);
    row("interval covers the truth", world, 100.0 * hits / runs, true, 93, runs);
}

/// The share of runs, in percent, in which the two cells of a run are told apart, B being @p factor times A.
double toldApart(int runs, const World &world, double factor)
{
    Random random(7);
    int found = 0;
    for (int i = 0; i < runs; ++i) {
        const auto [a, b] = pairOf(random, world);
        const auto comparison = compareMedians({}, samplesOf(scaled(b, 1, std::log(factor))), {}, samplesOf(a), true,
                                               static_cast<quint64>(i));
        found += comparison && comparison->lo && (*comparison->lo > 1 || *comparison->hi < 1) ? 1 : 0;
    }
    return 100.0 * found / runs;
}

/// The share of pairs of saved runs, in percent, of which one is called faster.
double toldApartAcrossRuns(int runs, double rho, double factor)
{
    Random random(11);
    int found = 0;
    for (int i = 0; i < runs; ++i) {
        const RunDocument a = documentOf(scaled(noise(random, rho), sigma));
        const RunDocument b = documentOf(scaled(noise(random, rho), sigma, std::log(factor)));
        const RunVerdict verdict = compareRuns(a, b).cells.front().verdict;
        found += verdict == RunVerdict::Faster || verdict == RunVerdict::Slower ? 1 : 0;
    }
    return 100.0 * found / runs;
}

} // namespace

int main(int argc, char *argv[])
{
    const int runs = argc > 1 ? std::atoi(argv[1]) : 1000;
    const std::string_view chosen = argc > 2 ? argv[2] : "";
    const auto wanted = [chosen](std::string_view rows) { return chosen.empty() || chosen == rows; };
    if (runs < 1) {
        std::fputs("usage: rollcall_statistics [RUNS [coverage|same|saved|found]]\n", stderr);
        return 2;
    }
    std::printf("%d simulated runs a row, log-normal with sigma %.1f, fixed seeds\n", runs, sigma);
    for (const double rho : wanted("coverage") ? std::vector{0.0, 0.5, 0.9} : std::vector<double>{}) {
        coverage(2 * runs, rho, 0.5, 0);
        coverage(2 * runs, rho, 0.95, 1.6448536269514722);
    }
    const World worlds[] = {
        {"independent noise over a shared rho = 0.9", 0, 0.6, 0},
        {"the same, drifting by 40 %", 0, 0.6, std::log(1.4)},
        {"own noise of rho = 0.9 each, nothing shared", 0.9, 1, 0},
        {"own noise of rho = 0.9 each, drifting", 0.9, 0.8, std::log(1.4)},
    };
    for (const World &world : worlds) {
        if (!wanted("same"))
            break;
        row("A/A in one run: difference claimed", world.name, toldApart(runs, world, 1), false, 5, runs);
    }
    for (const double rho : wanted("saved") ? std::vector{0.0, 0.5, 0.9} : std::vector<double>{}) {
        char world[64];
        std::snprintf(world, sizeof world, "rho = %.1f", rho);
        row("A/A of saved runs: faster or slower", world, toldApartAcrossRuns(runs, rho, 1), false, 5, runs);
    }
    const int finds = std::max(1, runs / 10);
    if (!wanted("found"))
        return missed ? 1 : 0;
    row("+10 % in one run: found", worlds[0].name, toldApart(finds, worlds[0], 1.1), true, 95, finds);
    row("+10 % of saved runs: found", "rho = 0.0", toldApartAcrossRuns(finds, 0, 1.1), true, 95, finds);
    return missed ? 1 : 0;
}
