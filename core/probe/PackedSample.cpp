#include "core/probe/PackedSample.h"

#include <algorithm>
#include <limits>

namespace rollcall::probe {

namespace {

enum Flag { Reused = 1, First = 2, Warmup = 4, SetCookie = 8 };
constexpr qint64 absent = -1;

std::optional<qint64> unlessAbsent(qint64 ns)
{
    return ns == absent ? std::nullopt : std::optional(ns);
}

} // namespace

PackedSample PackedSample::of(const Sample &sample, quint32 more)
{
    const auto flag = [](bool is, Flag which) { return is ? static_cast<int>(which) : 0; };
    return {sample.intendedNs, sample.startNs - sample.intendedNs, sample.endNs - sample.startNs,
            sample.phases.wait.value_or(absent), sample.phases.receive.value_or(absent), more,
            // Of an answer some MiB at most are read.
            static_cast<quint32>(std::clamp<qint64>(sample.bytes, 0, std::numeric_limits<quint32>::max())), sample.cell,
            sample.block, static_cast<qint16>(sample.status), sample.outcome,
            static_cast<quint8>(flag(sample.reused, Reused) | flag(sample.first, First) | flag(sample.warmup, Warmup) |
                                flag(sample.setCookie, SetCookie))};
}

bool PackedSample::hasMore(const SamplePhases &phases)
{
    return phases.dns || phases.tcp || phases.tls || phases.server || phases.execute || phases.fetch || phases.decode;
}

Sample PackedSample::unpacked() const
{
    Sample sample;
    sample.cell = cell;
    sample.block = block;
    sample.intendedNs = intendedNs;
    sample.startNs = intendedNs + lagNs;
    sample.endNs = sample.startNs + totalNs;
    sample.phases.wait = unlessAbsent(waitNs);
    sample.phases.receive = unlessAbsent(receiveNs);
    sample.bytes = bytes;
    sample.status = status;
    sample.outcome = outcome;
    sample.reused = (flags & Reused) != 0;
    sample.first = (flags & First) != 0;
    sample.warmup = (flags & Warmup) != 0;
    sample.setCookie = (flags & SetCookie) != 0;
    return sample;
}

} // namespace rollcall::probe
