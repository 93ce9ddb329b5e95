#include "core/probe/RunDocument.h"

#include <QJsonDocument>

#include <algorithm>

#include "core/probe/Histogram.h"
#include "core/probe/JsonFields.h"
#include "core/probe/SampleLog.h"

namespace rollcall::probe {

using base::Result;

namespace {

constexpr StopReason allReasons[] = {StopReason::Samples, StopReason::Duration,  StopReason::Interval,
                                     StopReason::Guard,   StopReason::Saturated, StopReason::Cancelled};

QJsonObject idToJson(const CellId &id)
{
    return {{QStringLiteral("route"), id.route},
            {QStringLiteral("mode"), probeModeName(id.mode)},
            {QStringLiteral("cache"), id.cache ? QJsonValue(cachePathName(*id.cache)) : QJsonValue()}};
}

CellId idFromJson(const JsonFields &fields)
{
    CellId id;
    id.route = fields.text(QStringLiteral("route"));
    id.mode = fields.word<ProbeMode>(QStringLiteral("mode"), probeModeOf);
    const QString cache = fields.optionalText(QStringLiteral("cache"));
    if (cache == cachePathName(CachePath::Hit))
        id.cache = CachePath::Hit;
    else if (cache == cachePathName(CachePath::Miss))
        id.cache = CachePath::Miss;
    else if (!cache.isEmpty())
        fields.reject(QStringLiteral("cache"));
    return id;
}

QJsonValue orNull(const std::optional<qint64> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

QJsonValue orNull(const std::optional<double> &number)
{
    return number ? QJsonValue(*number) : QJsonValue();
}

constexpr const char *quantileKeys[] = {"p50", "p90", "p95", "p99", "p999"};

QJsonValue toJson(const SlowMode &slow)
{
    return QJsonObject{{QStringLiteral("count"), slow.count},
                       {QStringLiteral("fastNs"), slow.fastNs},
                       {QStringLiteral("slowNs"), slow.slowNs}};
}

QJsonObject toJson(const Distribution &distribution)
{
    QJsonObject intervals;
    QJsonObject object{{QStringLiteral("min"), orNull(distribution.min)},
                       {QStringLiteral("mean"), orNull(distribution.mean)},
                       {QStringLiteral("max"), orNull(distribution.max)}};
    for (std::size_t i = 0; i < std::size(quantileKeys); ++i) {
        const QString key = QLatin1String(quantileKeys[i]);
        object.insert(key, orNull(distribution.quantiles[i]));
        const auto &interval = distribution.intervals[i];
        intervals.insert(key, interval ? QJsonValue(QJsonArray{interval->lo, interval->hi}) : QJsonValue());
    }
    object.insert(QStringLiteral("ci"), intervals);
    object.insert(QStringLiteral("effective"), orNull(distribution.effective));
    object.insert(QStringLiteral("slow"), distribution.slow ? toJson(*distribution.slow) : QJsonValue());
    return object;
}

Distribution distributionFrom(const JsonFields &fields)
{
    Distribution distribution;
    distribution.min = fields.optionalInteger(QStringLiteral("min"));
    distribution.mean = fields.optionalInteger(QStringLiteral("mean"));
    distribution.max = fields.optionalInteger(QStringLiteral("max"));
    const JsonFields intervals = fields.object(QStringLiteral("ci"));
    for (std::size_t i = 0; i < std::size(quantileKeys); ++i) {
        const QString key = QLatin1String(quantileKeys[i]);
        distribution.quantiles[i] = fields.optionalInteger(key);
        const QJsonArray interval = intervals.optionalArray(key);
        if (interval.size() == 2)
            distribution.intervals[i] = Interval{interval.at(0).toInteger(), interval.at(1).toInteger()};
    }
    // Documents of earlier versions have neither.
    if (fields.has(QStringLiteral("effective")))
        distribution.effective = fields.optionalInteger(QStringLiteral("effective"));
    if (fields.raw().value(QStringLiteral("slow")).isObject()) {
        const JsonFields slow = fields.object(QStringLiteral("slow"));
        distribution.slow = SlowMode{slow.integer(QStringLiteral("count")), slow.integer(QStringLiteral("fastNs")),
                                     slow.integer(QStringLiteral("slowNs"))};
    }
    return distribution;
}

QJsonObject toJson(const PhaseMedians &phases)
{
    return {{QStringLiteral("lag"), orNull(phases.lag)},         {QStringLiteral("dns"), orNull(phases.dns)},
            {QStringLiteral("tcp"), orNull(phases.tcp)},         {QStringLiteral("tls"), orNull(phases.tls)},
            {QStringLiteral("wait"), orNull(phases.wait)},       {QStringLiteral("receive"), orNull(phases.receive)},
            {QStringLiteral("server"), orNull(phases.server)},   {QStringLiteral("connect"), orNull(phases.connect)},
            {QStringLiteral("execute"), orNull(phases.execute)}, {QStringLiteral("fetch"), orNull(phases.fetch)},
            {QStringLiteral("decode"), orNull(phases.decode)}};
}

PhaseMedians phasesFrom(const JsonFields &fields)
{
    // Documents of earlier versions do not have it.
    const auto later = [&fields](const QString &key) {
        return fields.has(key) ? fields.optionalInteger(key) : std::nullopt;
    };
    return {fields.optionalInteger(QStringLiteral("lag")),
            fields.optionalInteger(QStringLiteral("dns")),
            fields.optionalInteger(QStringLiteral("tcp")),
            fields.optionalInteger(QStringLiteral("tls")),
            fields.optionalInteger(QStringLiteral("wait")),
            fields.optionalInteger(QStringLiteral("receive")),
            later(QStringLiteral("server")),
            later(QStringLiteral("connect")),
            later(QStringLiteral("execute")),
            later(QStringLiteral("fetch")),
            later(QStringLiteral("decode"))};
}

QJsonObject toJson(const CellResult &cell)
{
    QJsonObject object = idToJson(cell.id);
    QJsonObject errors;
    for (const auto &[kind, number] : cell.errors)
        errors.insert(kind, number);
    object.insert(QStringLiteral("cookie"), cell.cookie);
    object.insert(QStringLiteral("connection"), cell.connection);
    object.insert(QStringLiteral("count"), cell.count);
    object.insert(QStringLiteral("ok"), cell.ok);
    object.insert(QStringLiteral("errors"), errors);
    object.insert(QStringLiteral("censored"), cell.censored);
    object.insert(QStringLiteral("batch"), cell.batch);
    object.insert(QStringLiteral("setCookies"), cell.setCookies);
    object.insert(QStringLiteral("firsts"), cell.firsts);
    object.insert(QStringLiteral("response"), toJson(cell.response));
    object.insert(QStringLiteral("service"), toJson(cell.service));
    object.insert(QStringLiteral("phases"), toJson(cell.phases));
    object.insert(QStringLiteral("hist"), QJsonObject{{QStringLiteral("unit"), QStringLiteral("ns")},
                                                      {QStringLiteral("sub"), 2048},
                                                      {QStringLiteral("counts"), QString::fromLatin1(cell.histogram)}});
    return object;
}

CellResult cellFrom(const JsonFields &fields)
{
    CellResult cell;
    cell.id = idFromJson(fields);
    cell.cookie = fields.text(QStringLiteral("cookie"));
    cell.connection = fields.text(QStringLiteral("connection"));
    cell.id.cold = cell.connection == QLatin1String("cold");
    cell.count = fields.integer(QStringLiteral("count"));
    cell.ok = fields.integer(QStringLiteral("ok"));
    const QJsonObject errors = fields.object(QStringLiteral("errors")).raw();
    for (auto it = errors.begin(); it != errors.end(); ++it)
        cell.errors[it.key()] = it.value().toInteger();
    cell.censored = fields.integer(QStringLiteral("censored"));
    cell.batch = static_cast<int>(fields.integer(QStringLiteral("batch")));
    cell.setCookies = fields.integer(QStringLiteral("setCookies"));
    if (fields.has(QStringLiteral("firsts"))) // documents of earlier versions do not have it
        cell.firsts = fields.integer(QStringLiteral("firsts"));
    cell.response = distributionFrom(fields.object(QStringLiteral("response")));
    cell.service = distributionFrom(fields.object(QStringLiteral("service")));
    cell.phases = phasesFrom(fields.object(QStringLiteral("phases")));
    cell.histogram = fields.object(QStringLiteral("hist")).text(QStringLiteral("counts")).toLatin1();
    return cell;
}

QJsonObject toJson(const Comparison &comparison)
{
    return {{QStringLiteral("route"), comparison.a.route},
            {QStringLiteral("a"), idToJson(comparison.a)},
            {QStringLiteral("b"), idToJson(comparison.b)},
            {QStringLiteral("p50"), QJsonObject{{QStringLiteral("ratio"), comparison.ratio},
                                                {QStringLiteral("lo"), orNull(comparison.lo)},
                                                {QStringLiteral("hi"), orNull(comparison.hi)}}},
            {QStringLiteral("p"), orNull(comparison.p)},
            {QStringLiteral("differs"), comparison.differs()},
            {QStringLiteral("blocks"), comparison.blocks}};
}

Comparison comparisonFrom(const JsonFields &fields)
{
    const JsonFields median = fields.object(QStringLiteral("p50"));
    return {idFromJson(fields.object(QStringLiteral("a"))), idFromJson(fields.object(QStringLiteral("b"))),
            median.number(QStringLiteral("ratio")), median.optionalNumber(QStringLiteral("lo")),
            median.optionalNumber(QStringLiteral("hi")), static_cast<int>(fields.integer(QStringLiteral("blocks"))),
            // Documents of earlier versions do not have it.
            fields.has(QStringLiteral("p")) ? fields.optionalNumber(QStringLiteral("p")) : std::nullopt};
}

QJsonObject toJson(const BudgetResult &result)
{
    return {{QStringLiteral("budget"), result.budget.text},
            {QStringLiteral("route"), result.route},
            {QStringLiteral("mode"), probeModeName(result.budget.mode)},
            {QStringLiteral("valueNs"), orNull(result.valueNs)},
            {QStringLiteral("limitNs"), static_cast<qint64>(result.budget.limit.count())},
            {QStringLiteral("verdict"), verdictWord(result.verdict)},
            {QStringLiteral("moreSamples"), orNull(result.moreSamples)}};
}

BudgetResult budgetFrom(const JsonFields &fields)
{
    BudgetResult result;
    if (auto budget = parseBudget(fields.text(QStringLiteral("budget"))))
        result.budget = std::move(*budget);
    else
        fields.reject(QStringLiteral("budget"));
    result.route = fields.text(QStringLiteral("route"));
    result.valueNs = fields.optionalInteger(QStringLiteral("valueNs"));
    result.verdict = fields.word<Verdict>(QStringLiteral("verdict"), verdictOf);
    result.moreSamples = fields.optionalInteger(QStringLiteral("moreSamples"));
    return result;
}

QJsonObject toJson(const GuardEvent &event)
{
    return {{QStringLiteral("rule"), event.rule},
            {QStringLiteral("detail"), event.detail},
            {QStringLiteral("atNs"), event.atNs}};
}

GuardEvent guardFrom(const JsonFields &fields)
{
    return {fields.text(QStringLiteral("rule")), fields.text(QStringLiteral("detail")),
            fields.integer(QStringLiteral("atNs"))};
}

template <typename T>
QJsonArray arrayOf(const std::vector<T> &items)
{
    QJsonArray array;
    for (const T &item : items)
        array.append(toJson(item));
    return array;
}

/// What is wrong with @p document beyond the types of its members; empty where nothing is.
QString faultOf(const RunDocument &document)
{
    for (std::size_t i = 0; i < document.cells.size(); ++i) {
        const CellResult &cell = document.cells[i];
        const QString at = QStringLiteral("cells[%1] (%2)").arg(i).arg(cellName(cell.id));
        if (cell.id.cache.has_value() != isCached(cell.id.mode))
            return at + QStringLiteral(": \"cache\" does not fit its mode");
        if (document.cell(cell.id) != &cell)
            return at + QStringLiteral(" is there twice");
        if (cell.ok < 0 || cell.count < cell.ok || cell.censored < 0 || cell.censored > cell.count || cell.batch < 1)
            return at + QStringLiteral(": its counts contradict each other");
        const auto histogram = Histogram::decode(cell.histogram);
        if (!histogram)
            return at + QStringLiteral(": \"hist\" cannot be read");
        if (histogram->total() != static_cast<quint64>(cell.ok + cell.censored))
            return at + QStringLiteral(": \"hist\" does not hold as many as \"ok\" and \"censored\" say");
    }
    return {};
}

std::optional<StopReason> stopReasonOf(const QString &name)
{
    for (const StopReason reason : allReasons) {
        if (stopReasonName(reason) == name)
            return reason;
    }
    return std::nullopt;
}

} // namespace

QString stopReasonName(StopReason reason)
{
    switch (reason) {
    case StopReason::Samples:
        return QStringLiteral("samples");
    case StopReason::Duration:
        return QStringLiteral("duration");
    case StopReason::Interval:
        return QStringLiteral("interval");
    case StopReason::Guard:
        return QStringLiteral("guard");
    case StopReason::Saturated:
        return QStringLiteral("saturated");
    case StopReason::Cancelled:
        return QStringLiteral("cancelled");
    }
    return {};
}

QJsonObject RunDocument::toObject() const
{
    QJsonObject object{{QStringLiteral("schema"), QLatin1String(schemaName)},
                       {QStringLiteral("meta"), meta},
                       {QStringLiteral("plan"), plan},
                       {QStringLiteral("cells"), arrayOf(cells)},
                       {QStringLiteral("comparisons"), arrayOf(comparisons)},
                       {QStringLiteral("budgets"), arrayOf(budgets)},
                       {QStringLiteral("guards"), arrayOf(guards)},
                       {QStringLiteral("stopReason"), stopReasonName(stopReason)},
                       {QStringLiteral("samples"), samplesToJson(samples)}};
    if (revocations)
        object.insert(QStringLiteral("revocations"), revocations->toJson());
    return object;
}

QByteArray RunDocument::toJson() const
{
    return QJsonDocument(toObject()).toJson(QJsonDocument::Indented);
}

Result<RunDocument> RunDocument::fromJson(const QByteArray &json, const QString &origin)
{
    const auto invalid = [&origin](const QString &detail) {
        return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                              .with(base::ErrorParam::Path, origin)
                              .with(base::ErrorParam::Detail, detail));
    };
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(json, &problem);
    if (problem.error != QJsonParseError::NoError)
        return invalid(QStringLiteral("not JSON (%1 at byte %2)").arg(problem.errorString()).arg(problem.offset));
    if (!parsed.isObject())
        return invalid(QStringLiteral("not a JSON object"));
    QString fault;
    const JsonFields fields(parsed.object(), fault, QString());
    const QString schema = parsed.object().value(QStringLiteral("schema")).toString();
    if (schema != QLatin1String(schemaName)) {
        return invalid(
            schema.startsWith(QLatin1String("rollcall-latency/"))
                ? QStringLiteral("of schema %1: this version reads %2").arg(schema, QLatin1String(schemaName))
                : QStringLiteral("not a run document: it has no \"schema\" of %1").arg(QLatin1String(schemaName)));
    }
    RunDocument document;
    document.meta = fields.object(QStringLiteral("meta")).raw();
    document.plan = fields.object(QStringLiteral("plan")).raw();
    fields.each(QStringLiteral("cells"), [&](const JsonFields &each) { document.cells.push_back(cellFrom(each)); });
    const QString planned = document.plan.value(QStringLiteral("cookie")).toString();
    for (CellResult &cell : document.cells) {
        if (cell.cookie == cookieStateName(CookieState::Garbage))
            cell.id.cookie = CookieState::Garbage;
        else if (isNetwork(cell.id.mode) && cell.id.mode != ProbeMode::Floor &&
                 cell.cookie == cookieStateName(CookieState::None) && !planned.isEmpty() && planned != cell.cookie)
            cell.id.cookie = CookieState::None;
    }
    fields.each(QStringLiteral("comparisons"),
                [&](const JsonFields &each) { document.comparisons.push_back(comparisonFrom(each)); });
    fields.each(QStringLiteral("budgets"),
                [&](const JsonFields &each) { document.budgets.push_back(budgetFrom(each)); });
    fields.each(QStringLiteral("guards"), [&](const JsonFields &each) { document.guards.push_back(guardFrom(each)); });
    document.stopReason = fields.word<StopReason>(QStringLiteral("stopReason"), stopReasonOf);
    if (fields.has(QStringLiteral("revocations")))
        document.revocations = Revocations::fromJson(fields.object(QStringLiteral("revocations")));
    if (!fault.isEmpty())
        return invalid(fault);
    if (const QString wrong = faultOf(document); !wrong.isEmpty())
        return invalid(wrong);
    auto samples = samplesFromJson(parsed.object().value(QStringLiteral("samples")), document.cells.size());
    if (!samples)
        return invalid(samples.error().param(base::ErrorParam::Detail));
    document.samples = std::move(*samples);
    return document;
}

const CellResult *RunDocument::cell(const CellId &id) const
{
    const auto at = std::find_if(cells.begin(), cells.end(), [&id](const CellResult &cell) { return cell.id == id; });
    return at == cells.end() ? nullptr : &*at;
}

bool RunDocument::isClosed() const
{
    return plan.value(QStringLiteral("concurrency")).isDouble();
}

const Distribution &RunDocument::judged(const CellResult &cell) const
{
    return isClosed() || !isNetwork(cell.id.mode) ? cell.service : cell.response;
}

} // namespace rollcall::probe
