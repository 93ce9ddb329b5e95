#pragma once

#include <QJsonObject>

#include <optional>

#include "core/base/Call.h"

namespace rollcall::probe {

/// What measuring itself costs on this machine now, nanoseconds.
struct SelfCalibration
{
    qint64 overheadP50Ns = 0; ///< a whole exchange with a server on this machine that answers at once
    qint64 overheadP99Ns = 0;
    qint64 delayErrorP50Ns = 0;  ///< what is measured of a known delay beyond that delay
    qint64 scheduleLagP50Ns = 0; ///< from the intended to the actual start of a paced run
    qint64 scheduleLagP95Ns = 0;
    int samples = 0;

    bool operator==(const SelfCalibration &) const = default;
};

/// The delay that the second part of calibrating knows.
inline constexpr qint64 knownDelayNs = 5'000'000;

/// Probes a server of our own on the loopback interface with the code that probes deployments: 400 exchanges that are
/// answered at once, then 60 paced ones that are answered after knownDelayNs. Takes about half a second; blocks.
/// nullopt where @p call ended before, or where no loopback socket could be opened.
/// **Source:** facts/latency-method.md §1.9.
[[nodiscard]] std::optional<SelfCalibration> calibrate(const base::Call &call);

/// As it stands in a run document.
[[nodiscard]] QJsonObject toJson(const SelfCalibration &calibration);

} // namespace rollcall::probe
