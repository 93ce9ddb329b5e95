#pragma once

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// A saved run as a list shows it: what stands in its document, without cells and samples.
struct SavedRun
{
    QString path;
    int number = 0; ///< the run's number in its folder; 0 for a file from elsewhere
    base::Instant startedAt{};
    int routes = 0;
    int modes = 0;
    int cells = 0;
    qint64 samples = 0;
    StopReason stopReason = StopReason::Samples;
    QString tool; ///< version that measured
    bool operator==(const SavedRun &) const = default;
};

/// The folder of the runs of the connection called @p connection in the folder of @p state.
[[nodiscard]] QString runsBelow(const QString &state, const QString &connection);

/// Writes @p document into @p folder (made where it is not there, for its owner alone) as the run of the next number,
/// whole or not at all. Blocks on the disk. Errors: FileUnwritable.
[[nodiscard]] base::Result<SavedRun> saveRun(const QString &folder, const RunDocument &document);

/// What is in @p folder, the newest first, mostListedRuns at most; a folder that is not there has none, files that are
/// no run documents are passed over. Only heads are kept, but whole files are read: blocks on the disk.
/// Errors: FileUnreadable (the folder), Cancelled.
[[nodiscard]] base::Result<std::vector<SavedRun>> listRuns(const QString &folder, const base::Call &call);
inline constexpr qsizetype mostListedRuns = 200;

/// What a list shows of @p document.
[[nodiscard]] SavedRun summaryOf(const RunDocument &document, const QString &path);

} // namespace rollcall::probe
