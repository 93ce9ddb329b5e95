#pragma once

#include <functional>

#include "core/probe/Cell.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// What the probe thread asks of the thread that measures cells in this process. **Thread-safety:** one caller.
class LocalProbe
{
public:
    /// Called on an unspecified thread with the times and outcome; cell and block are the caller's to fill.
    using Done = std::function<void(Sample)>;

    virtual ~LocalProbe() = default;
    /// Measures one sample of @p cell; one at a time. @p done is always called, once.
    virtual void measure(const CellId &cell, Done done) = 0;
    /// Makes connections anew that were lost while nothing was measured, as servers close what is idle: the next
    /// measure() neither connects nor fails for that. @p done is always called, once, on an unspecified thread; where
    /// something cannot be reached, measure() tells.
    virtual void freshen(std::function<void()> done) = 0;
    /// Ends a running measurement, or freshening, early.
    virtual void cancel() = 0;
    /// Calls that one sample of @p cell is the mean of.
    [[nodiscard]] virtual int batchOf(const CellId &cell) const = 0;
    /// What opening the database connection took, once, before the run, in nanoseconds; nullopt where none was needed.
    [[nodiscard]] virtual std::optional<qint64> connectNs() const = 0;
};

} // namespace rollcall::probe
