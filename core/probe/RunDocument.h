#pragma once

#include <QJsonArray>
#include <QJsonObject>

#include <vector>

#include "core/base/Result.h"
#include "core/probe/Budget.h"
#include "core/probe/CellResult.h"
#include "core/probe/Comparison.h"
#include "core/probe/Guard.h"
#include "core/probe/Revocations.h"
#include "core/probe/Sample.h"

namespace rollcall::probe {

/// One budget judged on one route.
struct BudgetResult
{
    Budget budget;
    QString route;
    std::optional<qint64> valueNs; ///< absent where there are too few samples
    Verdict verdict = Verdict::NotEnough;
    std::optional<qint64> moreSamples; ///< how many more samples the present spread would need, where undecided
    bool operator==(const BudgetResult &) const = default;
};

/// Why a run ended.
enum class StopReason { Samples, Duration, Interval, Guard, Saturated, Cancelled };

/// "samples", "duration", "interval", "guard", "saturated", "cancelled".
[[nodiscard]] QString stopReasonName(StopReason reason);

/// Everything that is kept of a run: `rollcall-latency/1`, as the JSON Schema in resources/schema says. Nothing secret
/// is in it. **Thread-safety:** a plain value.
struct RunDocument
{
    static constexpr char schemaName[] = "rollcall-latency/1";

    QJsonObject meta; ///< tool, machine, times, canary, what was not done
    QJsonObject plan; ///< what was asked for, without cookie
    std::vector<CellResult> cells;
    std::vector<Comparison> comparisons;
    std::vector<BudgetResult> budgets;
    std::vector<GuardEvent> guards;
    StopReason stopReason = StopReason::Samples;
    /// All samples, warm-up included, in the order in which they ended; times from the first intended start. Empty
    /// where they were too many to keep (mostLoggedSamples), while the run goes on from far fewer on.
    std::vector<Sample> samples;
    /// An experiment with revocations on the same deployment, where one was made and put beside the run.
    std::optional<Revocations> revocations;

    /// The document as indented JSON, keys sorted, one line end at its end. The same document gives the same bytes.
    [[nodiscard]] QByteArray toJson() const;
    [[nodiscard]] QJsonObject toObject() const;
    /// Reads toJson(), with everything in it checked: a document may come from elsewhere.
    /// Errors: FileFormatInvalid (Path = @p origin, Detail: which member is wrong and how).
    [[nodiscard]] static base::Result<RunDocument> fromJson(const QByteArray &json, const QString &origin);

    /// The cell of that name, or null.
    [[nodiscard]] const CellResult *cell(const CellId &id) const;
    /// The distribution that verdicts are about: response in open runs, service in closed ones and in process.
    [[nodiscard]] const Distribution &judged(const CellResult &cell) const;
    [[nodiscard]] bool isClosed() const;
};

} // namespace rollcall::probe
