#include <cmath>

#include "app/ctl/ColdSeries.h"
#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/LatencyFiles.h"
#include "app/ctl/OutFile.h"
#include "app/ctl/Rendering.h"
#include "core/audit/AuditLog.h"
#include "core/probe/CsvWriter.h"
#include "core/probe/LatencyRun.h"
#include "core/probe/ReportText.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;
using probe::CellResult;
using probe::RunDocument;
using probe::RunPlan;

std::vector<Flag> runFlags()
{
    return {
        {QStringLiteral("route"), QStringLiteral("PATH"), QStringLiteral("a path to measure"), true},
        {QStringLiteral("routes"), QStringLiteral("FILE"), QStringLiteral("paths, one a line")},
        {QStringLiteral("modes"), QStringLiteral("M,M"),
         QStringLiteral("of local, proxy, cached, cached-memory, cached-redis, cached-upstash, route, floor "
                        "(local,proxy,cached)")},
        {QStringLiteral("rate"), QStringLiteral("N"), QStringLiteral("open run: requests a second over all cells")},
        {QStringLiteral("arrival"), QStringLiteral("poisson|constant"), QStringLiteral("of an open run (poisson)")},
        {QStringLiteral("concurrency"), QStringLiteral("N"), QStringLiteral("closed run: requests in flight")},
        {QStringLiteral("samples"), QStringLiteral("N"), QStringLiteral("measured, for each cell")},
        {QStringLiteral("duration"), QStringLiteral("DURATION"), QStringLiteral("measuring time")},
        {QStringLiteral("warmup"), QStringLiteral("auto|N"), QStringLiteral("samples to drop (auto)")},
        {QStringLiteral("cookie"), QStringLiteral("canary|none"), QStringLiteral("what the requests carry (canary)")},
        {QStringLiteral("cookie-file"), QStringLiteral("FILE"),
         QStringLiteral("measure with this cookie; asking may extend its session")},
        {QStringLiteral("cookies"), QStringLiteral("S,S"),
         QStringLiteral("of valid, none, garbage: cells of their own for proxy and route (valid)")},
        {QStringLiteral("connections"), QStringLiteral("C,C"),
         QStringLiteral("of reused, cold (a new connection for each request) (reused)")},
        {QStringLiteral("guards"), QStringLiteral("on|off"), QStringLiteral("rate, in flight, length, breakers (on)")},
        {QStringLiteral("confirm-host"), QStringLiteral("HOST"),
         QStringLiteral("guards off towards this host, deliberately")},
        {QStringLiteral("budget"), QStringLiteral("[ROUTE:]MODE.QUANTILE<DURATION"),
         QStringLiteral("exit 1 where it is missed"), true},
        {QStringLiteral("strict"), {}, QStringLiteral("undecided budgets are missed ones")},
        {QStringLiteral("seed"), QStringLiteral("N"), QStringLiteral("of the schedule (random)")},
    };
}

base::Result<QStringList> readRoutes(const Arguments &arguments)
{
    const auto path = arguments.value(QStringLiteral("routes"));
    if (!path)
        return arguments.values(QStringLiteral("route"));
    return readLines(*path);
}

/// How fast and how long. Errors: UsageInvalid.
base::Status readPace(const Arguments &arguments, RunPlan &plan)
{
    constexpr qint64 most = 100'000'000;
    if (const auto rate = arguments.value(QStringLiteral("rate"))) {
        bool ok = false;
        plan.rate = rate->toDouble(&ok);
        if (!ok || !std::isfinite(*plan.rate))
            return base::fail(
                usageError(QStringLiteral("--rate"), QStringLiteral("wants a number of requests a second")));
    }
    const auto arrival =
        arguments.choice(QStringLiteral("arrival"), {QStringLiteral("poisson"), QStringLiteral("constant")});
    if (!arrival)
        return base::fail(arrival.error());
    plan.arrival = *arrival == QStringLiteral("poisson") ? probe::Arrival::Poisson : probe::Arrival::Constant;
    const auto number = [&arguments](const QString &flag, qint64 least, std::optional<int> &target) -> base::Status {
        const auto value = arguments.integer(flag, least, least, most);
        if (!value)
            return base::fail(value.error());
        if (arguments.has(flag))
            target = static_cast<int>(*value);
        return {};
    };
    if (const auto status = number(QStringLiteral("concurrency"), 1, plan.concurrency); !status)
        return status;
    if (const auto status = number(QStringLiteral("samples"), 1, plan.samples); !status)
        return status;
    if (arguments.value(QStringLiteral("warmup")) != QStringLiteral("auto")) {
        if (const auto status = number(QStringLiteral("warmup"), 0, plan.warmup); !status)
            return status;
    }
    const auto duration = arguments.duration(QStringLiteral("duration"), std::chrono::nanoseconds(0));
    if (!duration)
        return base::fail(duration.error());
    if (arguments.has(QStringLiteral("duration")))
        plan.duration = *duration;
    const auto seed = arguments.integer(QStringLiteral("seed"), 0, 0, std::numeric_limits<qint64>::max() >> 10);
    if (!seed)
        return base::fail(seed.error());
    plan.seed = arguments.has(QStringLiteral("seed")) ? static_cast<quint64>(*seed) : probe::randomSeed();
    return {};
}

/// What the requests carry, and what may stop them. Errors: UsageInvalid, those of reading the cookie file.
base::Status readCare(const Context &context, RunPlan &plan)
{
    const Arguments &arguments = context.arguments();
    const auto cookie = arguments.choice(QStringLiteral("cookie"), {QStringLiteral("canary"), QStringLiteral("none")});
    if (!cookie)
        return base::fail(cookie.error());
    plan.cookie = *cookie == QStringLiteral("none") ? probe::CookieChoice::None : probe::CookieChoice::Canary;
    if (const auto path = arguments.value(QStringLiteral("cookie-file"))) {
        auto header = readCookieFile(*path, context.stop());
        if (!header)
            return base::fail(header.error());
        plan.cookie = header->isEmpty() ? probe::CookieChoice::None : probe::CookieChoice::Given;
        plan.cookieHeader = std::move(*header);
    }
    if (const auto states = arguments.value(QStringLiteral("cookies"))) {
        auto parsed = probe::parseCookieStates(*states);
        if (!parsed)
            return base::fail(parsed.error());
        plan.cookieStates = std::move(*parsed);
    }
    if (const auto connections = arguments.value(QStringLiteral("connections"))) {
        const QStringList words = connections->split(QLatin1Char(','));
        plan.reused = words.contains(QStringLiteral("reused"));
        plan.cold = words.contains(QStringLiteral("cold"));
        if (words.size() != plan.reused + plan.cold)
            return base::fail(
                usageError(QStringLiteral("--connections"), QStringLiteral("wants reused, cold, or both")));
    }
    const auto guards = arguments.choice(QStringLiteral("guards"), {QStringLiteral("on"), QStringLiteral("off")});
    if (!guards)
        return base::fail(guards.error());
    plan.guards = *guards == QStringLiteral("on");
    for (const QString &text : arguments.values(QStringLiteral("budget"))) {
        auto budget = probe::parseBudget(text);
        if (!budget)
            return base::fail(budget.error());
        plan.budgets.push_back(std::move(*budget));
    }
    plan.timeout = context.options().timeout;
    plan.partials = false; // a line of progress is all that is shown
    return {};
}

base::Result<RunPlan> readPlan(const Context &context)
{
    if (const auto status = checkWriteFlags(context); !status)
        return base::fail(status.error());
    RunPlan plan;
    auto routes = readRoutes(context.arguments());
    if (!routes)
        return base::fail(routes.error());
    plan.routes = std::move(*routes);
    auto modes = probe::parseModes(
        context.arguments().value(QStringLiteral("modes")).value_or(QStringLiteral("local,proxy,cached")));
    if (!modes)
        return base::fail(modes.error());
    plan.modes = std::move(*modes);
    if (const auto status = readPace(context.arguments(), plan); !status)
        return base::fail(status.error());
    if (const auto status = readCare(context, plan); !status)
        return base::fail(status.error());
    if (const auto status = readIdle(context.arguments(), plan); !status)
        return base::fail(status.error());
    return plan;
}

/// The cells as people read them, each time in the unit that fits it.
Answer tableOf(const RunDocument &document)
{
    Answer answer;
    answer.list.emplace();
    answer.list->columns = {QStringLiteral("route"),  QStringLiteral("mode"),       QStringLiteral("cache"),
                            QStringLiteral("cookie"), QStringLiteral("connection"), QStringLiteral("count"),
                            QStringLiteral("ok"),     QStringLiteral("p50"),        QStringLiteral("p95"),
                            QStringLiteral("p99"),    QStringLiteral("max")};
    for (const CellResult &cell : document.cells) {
        const probe::Distribution &times = document.judged(cell);
        JsonRecord record;
        record.add(QStringLiteral("route"), cell.id.route)
            .add(QStringLiteral("mode"), probe::probeModeName(cell.id.mode))
            .add(QStringLiteral("cache"), cell.id.cache ? probe::cachePathName(*cell.id.cache) : QString())
            .add(QStringLiteral("cookie"), cell.cookie)
            .add(QStringLiteral("connection"), cell.connection)
            .add(QStringLiteral("count"), cell.count)
            .add(QStringLiteral("ok"), cell.ok)
            .add(QStringLiteral("p50"), probe::quantileText(cell, times, 0.5))
            .add(QStringLiteral("p95"), probe::quantileText(cell, times, 0.95))
            .add(QStringLiteral("p99"), probe::quantileText(cell, times, 0.99))
            .add(QStringLiteral("max"), probe::maxText(cell, times));
        answer.list->elements.push_back(std::move(record));
    }
    answer.note = QStringLiteral("Ended by: %1.").arg(probe::stopReasonName(document.stopReason));
    return answer;
}

Answer answerOf(const RunDocument &document)
{
    const QJsonObject object = document.toObject();
    Answer answer;
    for (const char *key :
         {"schema", "meta", "plan", "cells", "comparisons", "budgets", "guards", "stopReason", "samples"})
        answer.members.add(QLatin1StringView(key), object.value(QLatin1StringView(key)));
    return answer;
}

/// Why nothing was measured, where not one request succeeded; empty where one did.
QString whyNothing(const RunDocument &document)
{
    QStringList kinds;
    for (const CellResult &cell : document.cells) {
        if (cell.ok > 0)
            return {};
        for (const auto &[kind, number] : cell.errors) {
            if (!kinds.contains(kind))
                kinds << kind;
        }
    }
    return kinds.isEmpty() ? QStringLiteral("no request succeeded")
                           : QStringLiteral("no request succeeded (%1)").arg(kinds.join(QStringLiteral(", ")));
}

/// Ends the command with @p outcome's document: exit 1 where a budget is missed or no request succeeded, 130 where the
/// run was cancelled, 5 where the canary could not be removed or a guard stopped the run before anything succeeded.
/// @p answer: answerOf() its document, where that was made already.
Outcome outcomeOf(Context &context, const probe::RunOutcome &outcome, std::optional<Answer> answer)
{
    const bool strict = context.arguments().has(QStringLiteral("strict"));
    QStringList missed;
    for (const probe::BudgetResult &result : outcome.document.budgets) {
        const QString verdict = QStringLiteral("budget %1 on %2: %3")
                                    .arg(result.budget.text, result.route, probe::verdictWord(result.verdict));
        if (probe::isMissed(result.verdict, strict))
            missed << verdict;
        else if (result.verdict != probe::Verdict::Within)
            context.output().warn(verdict + QLatin1Char('.'));
    }
    for (const probe::GuardEvent &event : outcome.document.guards)
        context.output().warn(QStringLiteral("guard %1: %2").arg(event.rule, event.detail));

    switch (context.output().format()) {
    case Format::Json:
    case Format::Ndjson:
        if (!answer)
            answer = answerOf(outcome.document);
        break;
    case Format::Table:
        answer = tableOf(outcome.document);
        break;
    case Format::Csv:
        answer.reset();
        if (const auto status = context.output().text(QString::fromUtf8(probe::cellsAsCsv(outcome.document))); !status)
            return Outcome::failed(status.error());
        break;
    }
    if (outcome.cleanup) {
        Outcome failed = Outcome::failed(*outcome.cleanup, std::move(answer));
        failed.exit = static_cast<int>(base::ExitClass::Midway);
        return failed;
    }
    if (outcome.document.stopReason == probe::StopReason::Cancelled)
        return Outcome::failed(base::Error(base::ErrorCode::Cancelled), std::move(answer));
    if (!missed.isEmpty())
        return {std::move(answer), exitNo, {}, missed.join(QStringLiteral("; "))};
    if (const QString nothing = whyNothing(outcome.document); !nothing.isEmpty()) {
        if (outcome.document.stopReason != probe::StopReason::Guard)
            return {std::move(answer), exitNo, {}, nothing};
        Outcome stopped = Outcome::failed(
            base::Error(base::ErrorCode::GuardRefused).with(base::ErrorParam::Detail, nothing), std::move(answer));
        stopped.exit = static_cast<int>(base::ExitClass::Midway);
        return stopped;
    }
    return {std::move(answer), exitDone, {}, {}};
}

/// Ends the command where the document of @p outcome, @p answer, could not be written by @p error: it goes to standard
/// output, whatever the format, as what was measured cannot be had again.
Outcome unwritten(Context &context, const probe::RunOutcome &outcome, Answer answer, base::Error error)
{
    const bool isShownSo = context.output().format() == Format::Json || context.output().format() == Format::Ndjson;
    if (!isShownSo) {
        if (const auto shown = context.output().text(QString::fromUtf8(renderJson(&answer, nullptr))); !shown)
            return Outcome::failed(base::Error(shown.error()).because(std::move(error)));
    }
    context.output().warn(QStringLiteral("the document is on standard output instead"));
    std::optional<Answer> left = isShownSo ? std::optional(std::move(answer)) : std::nullopt;
    if (!outcome.cleanup)
        return Outcome::failed(std::move(error), std::move(left));
    // Of two errors the one that leaves something behind matters more.
    Outcome failed = Outcome::failed(base::Error(*outcome.cleanup).because(std::move(error)), std::move(left));
    failed.exit = static_cast<int>(base::ExitClass::Midway);
    return failed;
}

class LatencyRunCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = runFlags();
        flags.push_back(idleFlag());
        for (const std::vector<Flag> &more :
             {outFlags(QStringLiteral("the run document, also as a file"), Existing::Replaced), writeFlags()})
            flags.insert(flags.end(), more.begin(), more.end());
        std::vector<QStringList> exclusive = idleExcludes();
        exclusive.push_back({QStringLiteral("rate"), QStringLiteral("concurrency")});
        exclusive.push_back({QStringLiteral("route"), QStringLiteral("routes")});
        exclusive.push_back({QStringLiteral("cookie"), QStringLiteral("cookie-file")});
        return {{QStringLiteral("latency"), QStringLiteral("run")},
                {},
                false,
                QStringLiteral("measure how long a session takes to resolve, per route and mode"),
                std::move(flags),
                std::move(exclusive)};
    }

    Outcome run(Context &context) const override
    {
        auto plan = readPlan(context);
        if (!plan)
            return Outcome::failed(plan.error());
        const auto out = outFile(context, Existing::Replaced);
        if (!out)
            return Outcome::failed(out.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        plan->hostConfirmed =
            config->baseUrl && context.arguments().value(QStringLiteral("confirm-host")) == config->baseUrl->host();
        if (const auto status = plan->validate(config->baseUrl); !status)
            return Outcome::failed(status.error());
        const auto deployment =
            Deployment::open(std::move(*config), Needs{false, plan->hasNetwork()}, context.clock(), context.callFor(2));
        if (!deployment)
            return Outcome::failed(deployment.error());
        if (plan->cookie == probe::CookieChoice::Canary && (*deployment)->hasRows()) {
            if (const auto status = consent(context, (*deployment)->config().profile); !status)
                return Outcome::failed(status.error());
            plan->mayWrite = true;
        }
        return measure(context, *plan, *deployment, *out);
    }

private:
    static base::Status consent(const Context &context, const workspace::ConnectionProfile &profile)
    {
        if (const auto status = checkConsentPossible(context, profile); !status)
            return status;
        return askConsent(
            context, profile,
            QStringLiteral("Make a labelled canary user and session to probe with, and remove both after?"));
    }

    static Outcome measure(Context &context, const RunPlan &plan, const std::shared_ptr<Deployment> &deployment,
                           const std::optional<OutTarget> &out)
    {
        std::optional<audit::AuditLog> log;
        if (plan.mayWrite)
            log.emplace(context.auditLog());
        // The plan and its guards bound the run; the call only carries the wish to stop.
        base::Call call;
        call.stop = context.stop();
        const auto outcome = probe::runLatency(
            plan, deployment, log ? &*log : nullptr, call, [&context](const probe::RunProgress &progress) {
                context.output().progress(
                    QStringLiteral("%1 samples, %2 errors").arg(progress.done).arg(progress.errors));
            });
        if (!outcome)
            return Outcome::failed(outcome.error());
        std::optional<Answer> answer;
        if (out) {
            answer = answerOf(outcome->document); // with every sample packed: once is enough
            if (auto written = writeMeasured(context, *out, renderJson(&*answer, nullptr)); !written)
                return unwritten(context, *outcome, std::move(*answer), std::move(written.error()));
        }
        return outcomeOf(context, *outcome, std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeLatencyRun()
{
    return std::make_unique<LatencyRunCommand>();
}

} // namespace rollcall::ctl
