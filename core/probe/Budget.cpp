#include "core/probe/Budget.h"

#include <QRegularExpression>

#include "core/base/Clock.h"

namespace rollcall::probe {

namespace {

constexpr Measure allMeasures[] = {Measure::P50,  Measure::P90, Measure::P95, Measure::P99,
                                   Measure::P999, Measure::Max, Measure::Mean};
constexpr Verdict allVerdicts[] = {Verdict::Within,   Verdict::Over,      Verdict::TooClose,        Verdict::NotEnough,
                                   Verdict::Unstable, Verdict::Saturated, Verdict::StoppedForSafety};

tl::unexpected<base::Error> invalid(const QString &text, const QString &why)
{
    return base::fail(base::Error(base::ErrorCode::UsageInvalid)
                          .with(base::ErrorParam::Flag, QStringLiteral("--budget"))
                          .with(base::ErrorParam::Detail, QStringLiteral("\"%1\" %2").arg(text, why)));
}

} // namespace

QString measureName(Measure measure)
{
    switch (measure) {
    case Measure::P50:
        return QStringLiteral("p50");
    case Measure::P90:
        return QStringLiteral("p90");
    case Measure::P95:
        return QStringLiteral("p95");
    case Measure::P99:
        return QStringLiteral("p99");
    case Measure::P999:
        return QStringLiteral("p999");
    case Measure::Max:
        return QStringLiteral("max");
    case Measure::Mean:
        return QStringLiteral("mean");
    }
    return {};
}

std::optional<double> probabilityOf(Measure measure)
{
    switch (measure) {
    case Measure::P50:
        return 0.5;
    case Measure::P90:
        return 0.9;
    case Measure::P95:
        return 0.95;
    case Measure::P99:
        return 0.99;
    case Measure::P999:
        return 0.999;
    case Measure::Max:
    case Measure::Mean:
        return std::nullopt;
    }
    return std::nullopt;
}

base::Result<Budget> parseBudget(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^(?:(/.*):)?([a-z-]+)\\.([a-z0-9]+)<([^<]+)$"));
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return invalid(text, QStringLiteral("is not [ROUTE:]MODE.QUANTILE<DURATION, as in proxy.p95<300ms"));
    Budget budget;
    budget.text = text;
    if (!match.captured(1).isEmpty())
        budget.route = match.captured(1);
    const auto mode = probeModeOf(match.captured(2));
    if (!mode)
        return invalid(text, QStringLiteral("names no mode"));
    budget.mode = *mode;
    const auto *measure = std::find_if(std::begin(allMeasures), std::end(allMeasures),
                                       [&](Measure each) { return measureName(each) == match.captured(3); });
    if (measure == std::end(allMeasures))
        return invalid(text, QStringLiteral("names none of p50, p90, p95, p99, p999, max, mean"));
    budget.measure = *measure;
    const auto limit = base::parseDuration(match.captured(4));
    if (!limit || limit->count() == 0)
        return invalid(text, QStringLiteral("has no duration such as 300ms"));
    budget.limit = *limit;
    return budget;
}

QString verdictWord(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Within:
        return QStringLiteral("Within budget");
    case Verdict::Over:
        return QStringLiteral("Over budget");
    case Verdict::TooClose:
        return QStringLiteral("Too close to call");
    case Verdict::NotEnough:
        return QStringLiteral("Not enough samples");
    case Verdict::Unstable:
        return QStringLiteral("Unstable");
    case Verdict::Saturated:
        return QStringLiteral("Saturated");
    case Verdict::StoppedForSafety:
        return QStringLiteral("Stopped for safety");
    }
    return {};
}

std::optional<Verdict> verdictOf(const QString &word)
{
    for (const Verdict verdict : allVerdicts) {
        if (verdictWord(verdict) == word)
            return verdict;
    }
    return std::nullopt;
}

bool isMissed(Verdict verdict, bool strict)
{
    switch (verdict) {
    case Verdict::Within:
        return false;
    case Verdict::Over:
    case Verdict::Saturated:
    case Verdict::StoppedForSafety:
        return true;
    case Verdict::TooClose:
    case Verdict::NotEnough:
    case Verdict::Unstable:
        return strict;
    }
    return true;
}

} // namespace rollcall::probe
