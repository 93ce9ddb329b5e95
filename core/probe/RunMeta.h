#pragma once

#include <QHostAddress>
#include <QJsonObject>

#include <vector>

#include "core/base/Clock.h"
#include "core/probe/RunPlan.h"
#include "core/probe/RunSetup.h"

namespace rollcall::probe {

/// What the machine and the tool were: version, Qt, system, processor, cores, load average, cost of one clock read.
/// Nothing that names the user or the host. **Source:** facts/latency-method.md §1.9.
[[nodiscard]] QJsonObject machineMeta();

/// The system's load average over a minute; negative where it is not told.
[[nodiscard]] double loadAverage();

/// By which two runs can be told to have met the same addresses of @p host, whatever their order. 16 hex digits of a
/// SHA-256 over both. It hides nothing from whoever can guess host and addresses: they can check their guess.
[[nodiscard]] QString addressDigest(const QString &host, const std::vector<QHostAddress> &addresses);

/// By which two runs can be told to visit their cells in the same order: 16 hex digits of a SHA-256 over the first
/// @p blocks blocks, 1,000 at most.
[[nodiscard]] QString orderDigest(const RunSetup &setup, int blocks);

/// The plan as the run document keeps it: everything but the cookie.
[[nodiscard]] QJsonObject planToJson(const RunPlan &plan, double rate);

} // namespace rollcall::probe
