#pragma once

#include <QString>

#include "core/probe/RunDocument.h"

namespace rollcall::latency {

/// The sentence of a run, and what stands below it. The headline is HTML with <b> around the figure that matters, the
/// rest is plain; the muted tail stands apart so that it can be tinted.
struct VerdictText
{
    QString headline;
    QString tail;         ///< "(95 % CI 38–49×, 24 blocks)"; may be empty
    QString remark;       ///< second line
    bool settled = false; ///< false while nothing can be said yet
};

/// What @p document says of @p route (the first where empty). @p running: the run goes on.
/// **Source:** templates of facts/latency-method.md §1.7.
[[nodiscard]] VerdictText verdictText(const probe::RunDocument &document, const QString &route, bool running);

/// The guard event that stopped the run; null where none did. A document may have others: pauses, the clean-up.
[[nodiscard]] const probe::GuardEvent *stoppingEvent(const probe::RunDocument &document);

/// Why the run ended, for people: "samples complete", "stopped".
[[nodiscard]] QString stopReasonText(probe::StopReason reason);

} // namespace rollcall::latency
