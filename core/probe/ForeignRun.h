#pragma once

#include <QByteArray>

#include <QStringList>

#include <array>
#include <vector>

#include "core/base/Result.h"
#include "core/probe/Quantiles.h"

namespace rollcall::probe {

/// The tool that wrote a file.
enum class ForeignTool { Wrk, Wrk2, K6, Vegeta, Oha, Autocannon, HdrLog, PercentileText };

/// "wrk", "wrk2", "k6", "vegeta", "oha", "autocannon", "hdr", "hgrm".
[[nodiscard]] QString foreignToolName(ForeignTool tool);

/// One series of another tool's run: what it says, nothing computed from it but units. Never mixed with a run of ours,
/// only shown beside it. **Thread-safety:** a plain value.
struct ForeignSeries
{
    QString name;                ///< of a tagged interval or metric; the tool's name where it has none
    std::optional<qint64> count; ///< requests, as far as the tool says
    std::optional<qint64> failed;
    std::optional<double> perSecond;
    std::optional<qint64> min; ///< ns, as all times
    std::optional<qint64> mean;
    std::optional<qint64> max;
    std::array<std::optional<qint64>, std::size(reportedQuantiles)> quantiles; ///< as reportedQuantiles
    bool operator==(const ForeignSeries &) const = default;
};

/// What another tool's file holds.
struct ForeignRun
{
    ForeignTool tool = ForeignTool::Wrk;
    std::vector<ForeignSeries> series; ///< at least one
    /// What a reader must know of the tool's figures: "percentiles hold back-filled values".
    QStringList caveats;
};

/// Recognises and reads the output of wrk and wrk2 (text, --latency), k6 (--summary-export, or handleSummary's data),
/// vegeta (report -type=json), oha (--output-format json), autocannon (--json), an HdrHistogram log (V2, compressed;
/// intervals of a tag are added up; ns) and its percentile text (in µs unless its comment or plain numbers say
/// otherwise: ms, as HdrHistogram's tools print). Errors: FileFormatInvalid (Path = @p origin, Detail: what it looks
/// like and what is wrong with it).
/// **Source:** wrk 4.1.0 src/wrk.c, wrk2 src/wrk.c, k6 docs end-of-test summary, vegeta lib/metrics.go, oha
/// src/printer.rs, autocannon 8 README "Returns", HdrHistogram log format 1.3.
[[nodiscard]] base::Result<ForeignRun> readForeignRun(const QByteArray &content, const QString &origin);

} // namespace rollcall::probe
