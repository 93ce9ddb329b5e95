#include <QJsonArray>

#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "core/audit/AuditLog.h"
#include "core/probe/PropagationRun.h"
#include "core/probe/ReportText.h"
#include "core/probe/Revocations.h"
#include "core/probe/RunPlan.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;
using probe::PropagationCell;
using probe::PropagationPlan;

using probe::Watched;

QJsonValue numberOrNull(const std::optional<double> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

double milliseconds(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

/// A time of which no more than a lower bound may be known, as two members, one of which is null; in a table, for
/// @p people, as one: "≥ 120 s".
void addTime(JsonRecord &record, const QString &name, const std::optional<Watched> &time, bool people)
{
    const bool known = time && time->ended;
    const bool bounded = time && !time->ended;
    if (people) {
        const QString text = time ? probe::durationText(time->ms * 1e6) : QStringLiteral("–");
        record.add(name, bounded ? QStringLiteral("≥ ") + text : text);
        return;
    }
    record.add(name + QStringLiteral("Ms"), known ? QJsonValue(time->ms) : QJsonValue());
    record.add(name + QStringLiteral("AtLeastMs"), bounded ? QJsonValue(time->ms) : QJsonValue());
}

base::Result<PropagationPlan> readPlan(const Context &context)
{
    const Arguments &arguments = context.arguments();
    if (const auto status = checkWriteFlags(context); !status)
        return base::fail(status.error());
    PropagationPlan plan;
    auto modes =
        probe::parseModes(arguments.value(QStringLiteral("modes")).value_or(QStringLiteral("local,proxy,cached")));
    if (!modes)
        return base::fail(modes.error());
    plan.modes = std::move(*modes);
    const auto trials = arguments.integer(QStringLiteral("trials"), plan.trials, 1, PropagationPlan::mostTrials);
    if (!trials)
        return base::fail(trials.error());
    plan.trials = static_cast<int>(*trials);
    const auto read = [&arguments](const char *flag, auto &target) -> base::Status {
        const QString name = QString::fromLatin1(flag);
        const auto duration = arguments.duration(name, std::chrono::nanoseconds(0));
        if (!duration)
            return base::fail(duration.error());
        if (arguments.has(name))
            target = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
        return {};
    };
    for (const auto &status : {read("interval", plan.interval), read("horizon", plan.horizon),
                               read("cache-ttl", plan.cacheTtl), read("settle", plan.settle), read("age", plan.age)}) {
        if (!status)
            return base::fail(status.error());
    }
    plan.timeout = context.options().timeout;
    plan.seed = probe::randomSeed();
    return plan;
}

JsonRecord recordOf(const PropagationCell &cell, bool people)
{
    const probe::PropagationFigures &figures = cell.figures;
    QJsonObject statuses;
    for (const auto &[status, times] : cell.statuses)
        statuses.insert(QString::number(status), times);
    JsonRecord record;
    record.add(QStringLiteral("strategy"), probe::revokedByName(cell.arm.by))
        .add(QStringLiteral("mode"), probe::probeModeName(cell.arm.mode))
        .add(QStringLiteral("trials"), figures.trials)
        .add(QStringLiteral("refused"), figures.refused);
    addTime(record, QStringLiteral("p50"), figures.p50, people);
    addTime(record, QStringLiteral("p95"), figures.p95, people);
    addTime(record, QStringLiteral("p99"), figures.p99, people);
    addTime(record, QStringLiteral("max"), figures.longest, people);
    addTime(record, QStringLiteral("windowP50"), figures.windowP50, people);
    addTime(record, QStringLiteral("windowP95"), figures.windowP95, people);
    record.add(QStringLiteral("windowMeanMs"), numberOrNull(figures.windowMeanMs))
        .add(QStringLiteral("staleAccepts"), figures.staleAccepts)
        .add(QStringLiteral("coveredShare"), figures.coveredShare)
        .add(QStringLiteral("failed"), figures.failed)
        .add(QStringLiteral("statuses"), statuses)
        .add(QStringLiteral("verdict"), probe::propagationVerdictName(figures.verdict));
    if (!people)
        record.add(QStringLiteral("watched"), probe::watchedToJson(figures.watched));
    return record;
}

Answer answerOf(const probe::PropagationOutcome &outcome, const PropagationPlan &plan,
                std::chrono::nanoseconds interval, bool people)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("cells");
    answer.list->columns = {QStringLiteral("strategy"), QStringLiteral("mode"), QStringLiteral("trials"),
                            QStringLiteral("refused")};
    for (const char *time : {"p50", "p95", "p99", "max", "windowP50", "windowP95"}) {
        for (const char *kind : {"Ms", "AtLeastMs"})
            answer.list->columns << QLatin1StringView(time) + QLatin1StringView(kind);
    }
    answer.list->columns << QStringLiteral("windowMeanMs") << QStringLiteral("staleAccepts")
                         << QStringLiteral("coveredShare") << QStringLiteral("failed") << QStringLiteral("verdict");
    answer.list->tableColumns = {QStringLiteral("strategy"), QStringLiteral("mode"),   QStringLiteral("trials"),
                                 QStringLiteral("refused"),  QStringLiteral("p50"),    QStringLiteral("p99"),
                                 QStringLiteral("max"),      QStringLiteral("verdict")};
    for (const PropagationCell &cell : outcome.cells)
        answer.list->elements.push_back(recordOf(cell, people));
    answer.members.add(QStringLiteral("auditId"), textOrNull(outcome.auditId))
        .add(QStringLiteral("cacheTtlMs"), milliseconds(plan.cacheTtl))
        .add(QStringLiteral("intervalMs"), milliseconds(interval));
    answer.note = QStringLiteral("Times from the acknowledged revocation to the start of the first refused probe; ≥: "
                                 "still accepted when last asked.");
    return answer;
}

Outcome outcomeOf(Context &context, const probe::PropagationOutcome &outcome, const PropagationPlan &plan,
                  std::chrono::nanoseconds interval)
{
    for (const QString &note : outcome.notes)
        context.output().warn(note + QLatin1Char('.'));
    Answer answer = answerOf(outcome, plan, interval, context.output().format() == Format::Table);
    if (outcome.cancelled)
        return Outcome::failed(base::Error(base::ErrorCode::Cancelled), std::move(answer));
    if (outcome.error) {
        context.output().warn(QStringLiteral("canaries may be left: `rollcallctl token remove --all` removes them."));
        Outcome midway = Outcome::failed(*outcome.error, std::move(answer));
        midway.exit = static_cast<int>(base::ExitClass::Midway);
        return midway;
    }
    if (outcome.guard) {
        Outcome stopped = Outcome::failed(
            base::Error(base::ErrorCode::GuardRefused).with(base::ErrorParam::Detail, outcome.guard->detail),
            std::move(answer));
        stopped.exit = static_cast<int>(base::ExitClass::Midway);
        return stopped;
    }
    QStringList silent;
    for (const PropagationCell &cell : outcome.cells) {
        if (cell.figures.failed > 0)
            silent << QStringLiteral("%1 of %2 by %3")
                          .arg(QString::number(cell.figures.failed), probe::revokedByName(cell.arm.by),
                               probe::probeModeName(cell.arm.mode));
    }
    if (silent.isEmpty())
        return Outcome::done(std::move(answer));
    return Outcome::no(std::move(answer),
                       QStringLiteral("Canaries were not accepted before they were revoked, or nobody "
                                      "answered: %1.")
                           .arg(silent.join(QStringLiteral(", "))));
}

class LatencyPropagationCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("modes"), QStringLiteral("M,M"),
             QStringLiteral(
                 "of local, proxy, cached, cached-memory, cached-redis, cached-upstash (local,proxy,cached)")},
            {QStringLiteral("trials"), QStringLiteral("N"), QStringLiteral("revocations of each mode (20)")},
            {QStringLiteral("interval"), QStringLiteral("DURATION"),
             QStringLiteral("between two questions about a session (250ms; 2s where it is not this machine)")},
            {QStringLiteral("cache-ttl"), QStringLiteral("DURATION"), QStringLiteral("of the cached modes (60s)")},
            {QStringLiteral("horizon"), QStringLiteral("DURATION"),
             QStringLiteral("when a session counts as never refused (three times --cache-ttl; 2m for JWT)")},
            {QStringLiteral("settle"), QStringLiteral("DURATION"), QStringLiteral("how long refusals must last (5s)")},
            {QStringLiteral("age"), QStringLiteral("DURATION"),
             QStringLiteral("how long at most a session is used before, without a cache of ours (10s)")},
        };
        const std::vector<Flag> consent = writeFlags();
        flags.insert(flags.end(), consent.begin(), consent.end());
        return {{QStringLiteral("latency"), QStringLiteral("propagation")},
                {},
                false,
                QStringLiteral("time from a revocation to the first refusal, on canary sessions made for it; JWT: also "
                               "by a not-before rule, with --yes"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        auto plan = readPlan(context);
        if (!plan)
            return Outcome::failed(plan.error());
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        if (const auto status = plan->validate(config->baseUrl); !status)
            return Outcome::failed(status.error());
        const bool asks =
            std::find(plan->modes.begin(), plan->modes.end(), probe::ProbeMode::Proxy) != plan->modes.end();
        const auto opened =
            Deployment::open(std::move(*config), Needs{false, asks}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        // A JWT deployment can be looked at without writing; rows, and rules, want consent.
        if ((*opened)->hasRows() || context.arguments().has(QStringLiteral("yes"))) {
            if (const auto status = consent(context, **opened); !status)
                return Outcome::failed(status.error());
            plan->mayWrite = true;
        }
        return measure(context, *plan, *opened);
    }

private:
    static base::Status consent(const Context &context, const Deployment &deployment)
    {
        const workspace::ConnectionProfile &profile = deployment.config().profile;
        if (const auto status = checkConsentPossible(context, profile); !status)
            return status;
        const QString what = deployment.hasRows() ? QStringLiteral("canary users and sessions")
                                                  : QStringLiteral("not-before rules for canaries (and their table)");
        return askConsent(context, profile,
                          QStringLiteral("Write %1 at %2, to time their revocation, and remove them after?")
                              .arg(what, deployment.config().displayName()));
    }

    static Outcome measure(Context &context, const PropagationPlan &plan,
                           const std::shared_ptr<const Deployment> &deployment)
    {
        std::optional<audit::AuditLog> log;
        if (plan.mayWrite)
            log.emplace(context.auditLog());
        base::Call call; // trials and guards bound it
        call.stop = context.stop();
        const auto outcome = probe::runPropagation(
            plan, deployment, log ? &*log : nullptr, call, [&context](const probe::PropagationProgress &progress) {
                context.output().progress(
                    QStringLiteral("%1 of %2 revocations").arg(progress.done).arg(progress.total));
            });
        return outcome ? outcomeOf(context, *outcome, plan, plan.intervalFor(deployment->config().baseUrl))
                       : Outcome::failed(outcome.error());
    }
};

} // namespace

std::unique_ptr<const Command> makeLatencyPropagation()
{
    return std::make_unique<LatencyPropagationCommand>();
}

} // namespace rollcall::ctl
