#include "app/ctl/Commands.h"
#include "app/ctl/LatencyFiles.h"
#include "core/probe/RunComparison.h"

namespace rollcall::ctl {

namespace {

QJsonValue orNull(const std::optional<double> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

QJsonValue toJson(const std::optional<probe::RatioInterval> &ratio)
{
    if (!ratio)
        return {};
    return QJsonObject{{QStringLiteral("ratio"), ratio->ratio},
                       {QStringLiteral("lo"), orNull(ratio->lo)},
                       {QStringLiteral("hi"), orNull(ratio->hi)}};
}

QString shown(const std::optional<probe::RatioInterval> &ratio)
{
    if (!ratio)
        return {};
    const auto number = [](double value) { return QString::number(value, 'f', 3); };
    return ratio->lo ? QStringLiteral("%1 (%2 – %3)").arg(number(ratio->ratio), number(*ratio->lo), number(*ratio->hi))
                     : number(ratio->ratio);
}

JsonRecord recordOf(const probe::RunCellComparison &cell, bool people)
{
    JsonRecord record;
    record.add(QStringLiteral("route"), cell.id.route)
        .add(QStringLiteral("mode"), probe::probeModeName(cell.id.mode))
        .add(QStringLiteral("cache"), cell.id.cache ? QJsonValue(probe::cachePathName(*cell.id.cache)) : QJsonValue())
        .add(QStringLiteral("p50"), people ? QJsonValue(shown(cell.p50)) : toJson(cell.p50))
        .add(QStringLiteral("p99"), people ? QJsonValue(shown(cell.p99)) : toJson(cell.p99))
        .add(QStringLiteral("verdict"), probe::runVerdictName(cell.verdict))
        .add(QStringLiteral("note"), textOrNull(cell.note));
    return record;
}

class LatencyCompareCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("latency"), QStringLiteral("compare")},
                QStringLiteral("A B"),
                true,
                QStringLiteral("two saved runs, B against A: ratios B/A with 95 % intervals, and what they say"),
                {},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const QString pathA = context.arguments().argument(0);
        const QString pathB = context.arguments().argument(1);
        if (pathA == QLatin1String("-") && pathB == pathA)
            return Outcome::failed(usageError(QStringLiteral("B"), QStringLiteral("standard input is one run only")));
        const auto a = readRun(pathA, context.stop());
        if (!a)
            return Outcome::failed(a.error());
        const auto b = readRun(pathB, context.stop());
        if (!b)
            return Outcome::failed(b.error());
        const probe::RunComparison comparison = probe::compareRuns(*a, *b);
        warn(context, comparison);

        const bool people = context.output().format() == Format::Table || context.output().format() == Format::Csv;
        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("cells");
        answer.list->columns = {QStringLiteral("route"), QStringLiteral("mode"), QStringLiteral("cache"),
                                QStringLiteral("p50"),   QStringLiteral("p99"),  QStringLiteral("verdict"),
                                QStringLiteral("note")};
        for (const probe::RunCellComparison &cell : comparison.cells)
            answer.list->elements.push_back(recordOf(cell, people));
        answer.note = QStringLiteral("Ratios of B over A: below 1, B is faster.");
        if (comparison.cells.empty())
            return Outcome::no(std::move(answer), QStringLiteral("The two runs have no cell in common."));
        return Outcome::done(std::move(answer));
    }

private:
    static void warn(Context &context, const probe::RunComparison &comparison)
    {
        for (const QString &difference : comparison.differences)
            context.output().warn(QStringLiteral("The runs differ in %1.").arg(difference));
        if (!comparison.onlyInA.isEmpty())
            context.output().warn(QStringLiteral("Only in A: %1.").arg(comparison.onlyInA.join(QStringLiteral(", "))));
        if (!comparison.onlyInB.isEmpty())
            context.output().warn(QStringLiteral("Only in B: %1.").arg(comparison.onlyInB.join(QStringLiteral(", "))));
    }
};

} // namespace

std::unique_ptr<const Command> makeLatencyCompare()
{
    return std::make_unique<LatencyCompareCommand>();
}

} // namespace rollcall::ctl
