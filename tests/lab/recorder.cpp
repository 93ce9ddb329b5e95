// What recording a latency costs: our histogram and the record of a run against push_back on a reserved vector, in
// alternating rounds. Usage: rollcall_recorder [VALUES] (2000000); exit 1 where a bar is missed. Of fewer values than
// that, which stay in the processor's cache, the ratio is printed and not judged.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <vector>

#include "core/probe/Histogram.h"
#include "core/probe/Random.h"
#include "core/probe/RunRecord.h"

using namespace rollcall::probe;

namespace {

constexpr int rounds = 11;
constexpr int wholeProof = 2'000'000;
constexpr double bar = 5;
constexpr std::size_t mostBytes = 128 * 1024;

double nsPerValue(std::size_t values, const std::chrono::steady_clock::time_point &begin)
{
    const auto taken = std::chrono::steady_clock::now() - begin;
    return static_cast<double>(std::chrono::nanoseconds(taken).count()) / static_cast<double>(values);
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

} // namespace

int main(int argc, char *argv[])
{
    const int count = argc > 1 ? std::atoi(argv[1]) : wholeProof;
    if (count < 1000)
        return 2;
    Random random(1);
    std::vector<qint64> values(static_cast<std::size_t>(count));
    for (qint64 &value : values) {
        const double normal =
            std::sqrt(-2 * std::log1p(-random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
        value = std::llround(20e6 * std::exp(0.5 * normal));
    }
    std::vector<double> pushing;
    std::vector<double> counting;
    std::vector<double> keeping;
    std::vector<qint64> pushed;
    pushed.reserve(values.size());
    Histogram histogram;
    RunRecord record(values.size());
    for (int round = 0; round < rounds; ++round) {
        pushed.clear();
        auto begin = std::chrono::steady_clock::now();
        for (const qint64 value : values)
            pushed.push_back(value);
        pushing.push_back(nsPerValue(values.size(), begin));
        begin = std::chrono::steady_clock::now();
        for (const qint64 value : values)
            histogram.record(value);
        counting.push_back(nsPerValue(values.size(), begin));
        if (round > 0)
            continue; // the record of a run is filled once
        Sample sample;
        begin = std::chrono::steady_clock::now();
        for (const qint64 value : values) {
            sample.endNs = value;
            record.add(sample);
        }
        keeping.push_back(nsPerValue(values.size(), begin));
    }
    const double ratio = median(counting) / median(pushing);
    const bool judged = count >= wholeProof;
    const bool cheap = !judged || ratio <= bar;
    const bool small = Histogram::bytes() <= mostBytes;
    std::printf("%d log-normal values, %d rounds, medians\n", count, rounds);
    std::printf("push_back, reserved     %6.2f ns\n", median(pushing));
    std::printf("histogram               %6.2f ns   ratio %.2f (bar %.0f)   %s\n", median(counting), ratio, bar,
                !judged ? "not judged"
                : cheap ? "kept"
                        : "MISSED");
    std::printf("histogram, memory       %6zu bytes (bar %zu)   %s\n", Histogram::bytes(), mostBytes,
                small ? "kept" : "MISSED");
    std::printf("record of a run         %6.2f ns   a whole sample, pages touched for the first time\n",
                median(keeping));
    std::printf("counted %llu, last %lld\n", static_cast<unsigned long long>(histogram.total()),
                static_cast<long long>(pushed.back()));
    return cheap && small ? 0 : 1;
}
