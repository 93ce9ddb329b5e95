#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::test {

/// A route that would break out of whatever takes it as it is.
inline const QString hostile = QStringLiteral("/a%5Fb?<script>alert(1)</script>|`x`\"'&%1%2");

/// A sample of cell @p cell that took @p ns.
[[nodiscard]] probe::Sample sampleOf(int cell, int block, qint64 ns, probe::Outcome outcome = probe::Outcome::Ok);

/// A run of proxy and local on @p route, proxy about ten times as long (and @p factor times that), with one timeout.
[[nodiscard]] probe::RunDocument documentOf(const QString &route, int blocks = 400, double factor = 1);

/// @p document as it is read from its own file; empty where that cannot be read, which is said.
[[nodiscard]] probe::RunDocument reread(const probe::RunDocument &document);

} // namespace rollcall::test
