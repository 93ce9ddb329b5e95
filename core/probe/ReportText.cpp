#include "core/probe/ReportText.h"

#include <QJsonDocument>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace rollcall::probe {

namespace {

constexpr qint64 leastForTail = 500; ///< independent samples, below which a p99 is an indication

/// How many decimals make three significant digits of @p number, where it is 1 or more.
int decimalsOf(double number)
{
    const double size = std::abs(number);
    return size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
}

/// @p number with three significant digits, not in exponential form.
QString threeDigits(double number)
{
    return QString::number(number, 'f', decimalsOf(number));
}

QString sentenceOf(const Comparison &comparison)
{
    const bool faster = comparison.ratio >= 1;
    const QString b = cellName({QString(), comparison.b.mode, comparison.b.cache}).trimmed();
    const QString a = cellName({QString(), comparison.a.mode, comparison.a.cache}).trimmed();
    // One call of arg() fills all in: a second one would also see what a route such as /a%5Fb brought in.
    const QString blocks =
        QStringLiteral("%1 blocks%2")
            .arg(QString::number(comparison.blocks),
                 comparison.blocks < leastBlocksForVerdict ? QStringLiteral(", indicative") : QString());
    const double ratio = faster ? comparison.ratio : 1 / comparison.ratio;
    if (!comparison.lo) {
        return QStringLiteral("On %1 the median of %2 is %3 that of %4, without an interval: only %5 common blocks.")
            .arg(comparison.a.route, a, ratioText(comparison.ratio), b, QString::number(comparison.blocks));
    }
    if (*comparison.lo <= 1 && *comparison.hi >= 1) {
        return QStringLiteral("On %1 no difference between %2 and %3 can be told (ratio %4, 95\u00a0% CI %5–%6, %7).")
            .arg(comparison.a.route, a, b, ratioText(comparison.ratio), ratioText(*comparison.lo).chopped(1),
                 ratioText(*comparison.hi), blocks);
    }
    if (!comparison.differs()) {
        return QStringLiteral(
                   "On %1 %2 and %3 differ (ratio %4, 95\u00a0% CI %5–%6, %7), but not beyond doubt once all "
                   "comparisons of the run are judged together (Holm).")
            .arg(comparison.a.route, a, b, ratioText(comparison.ratio), ratioText(*comparison.lo).chopped(1),
                 ratioText(*comparison.hi), blocks);
    }
    const double lo = faster ? *comparison.lo : 1 / *comparison.hi;
    const double hi = faster ? *comparison.hi : 1 / *comparison.lo;
    return QStringLiteral("On %1 %2 is %3 faster than %4 (median, 95\u00a0% CI %5–%6, %7).")
        .arg(comparison.a.route, faster ? b : a, ratioText(ratio), faster ? a : b, ratioText(lo).chopped(1),
             ratioText(hi), blocks);
}

QString floorSentence(const RunDocument &document, const QString &route)
{
    const auto median = [&](ProbeMode mode) -> std::optional<qint64> {
        const CellResult *cell = document.cell({route, mode, {}});
        return cell == nullptr ? std::nullopt : document.judged(*cell).quantiles[0];
    };
    const auto floor = median(ProbeMode::Floor);
    const auto proxy = median(ProbeMode::Proxy);
    if (!floor || !proxy)
        return {};
    return *proxy <= *floor
               ? QStringLiteral("On %1 the network floor is %2: the session endpoint adds nothing that shows.")
                     .arg(route, durationText(floor))
               : QStringLiteral("On %1 the network floor is %2, so at most %3 of proxy can be the session endpoint.")
                     .arg(route, durationText(floor), durationText(double(*proxy - *floor)));
}

/// That the times of @p cell are of two kinds, as where some requests meet a cold start.
QString mixtureSentence(const RunDocument &document, const CellResult &cell)
{
    const auto &slow = document.judged(cell).slow;
    if (!slow || slow->count >= cell.ok)
        return {}; // the latter in no document of ours
    const double share = 100.0 * static_cast<double>(slow->count) / static_cast<double>(cell.ok);
    const auto percent = [](double value) -> QString {
        return QString::number(value, 'f', value < 10 ? 1 : 0) + QStringLiteral("\u00a0%");
    };
    return QStringLiteral("%1 has two populations: %2 around %3, %4 (%5) around %6. One median describes neither.")
        .arg(cellName(cell.id), percent(100 - share), durationText(double(slow->fastNs)), percent(share),
             QString::number(slow->count), durationText(double(slow->slowNs)));
}

QString errorSentence(const RunDocument &document)
{
    qint64 count = 0;
    qint64 ok = 0;
    qint64 censored = 0;
    for (const CellResult &cell : document.cells) {
        count += cell.count;
        ok += cell.ok;
        censored += cell.censored;
    }
    if (count == ok)
        return QStringLiteral("All %1 measurements were answered as they should be.").arg(count);
    return QStringLiteral("%1 of %2 measurements failed; %3 of them are timeouts, which count as \"at least\" in "
                          "percentiles, the others stand apart.")
        .arg(count - ok)
        .arg(count)
        .arg(censored);
}

QString endSentence(const RunDocument &document)
{
    switch (document.stopReason) {
    case StopReason::Samples:
        return QStringLiteral("The run ended when its samples were complete.");
    case StopReason::Duration:
        return QStringLiteral("The run ended when its time was over.");
    case StopReason::Interval:
        return QStringLiteral("The run ended when every median's interval was narrow enough.");
    case StopReason::Guard:
        return QStringLiteral("A guard stopped the run: what it measured until then is no verdict.");
    case StopReason::Saturated:
        return QStringLiteral("The run was saturated: these figures are the limit of the tool or of the server.");
    case StopReason::Cancelled:
        return QStringLiteral("The run was cancelled: what it measured until then is no verdict.");
    }
    return {};
}

QStringList checkSentences(const RunDocument &document)
{
    QStringList sentences;
    const QJsonObject control = document.meta.value(QStringLiteral("control")).toObject();
    if (!control.value(QStringLiteral("stable")).toBool(true))
        sentences << QStringLiteral("The A/A control differs from itself (ratio %1): the run is unstable, and no modes "
                                    "are compared.")
                         .arg(ratioText(control.value(QStringLiteral("ratio")).toDouble()));
    const QJsonObject change = document.meta.value(QStringLiteral("levelChange")).toObject();
    if (!change.value(QStringLiteral("stable")).toBool(true))
        sentences << QStringLiteral("The level changed after %1 (to %2 of before): there is no steady state.")
                         .arg(durationText(change.value(QStringLiteral("atNs")).toDouble()),
                              ratioText(change.value(QStringLiteral("ratio")).toDouble()));
    const QJsonArray limited = document.meta.value(QStringLiteral("selfCalibration"))
                                   .toObject()
                                   .value(QStringLiteral("toolLimited"))
                                   .toArray();
    if (!limited.isEmpty()) {
        QStringList names;
        for (const QJsonValue &name : limited)
            names << name.toString();
        sentences << QStringLiteral("Limited by the tool, whose own exchange on loopback takes more than a tenth of "
                                    "theirs: ") +
                         names.join(QStringLiteral(", "));
    }
    return sentences;
}

QString valueText(const QJsonValue &value)
{
    const QJsonArray array = value.toArray();
    if (!array.isEmpty() && std::all_of(array.begin(), array.end(), [](const QJsonValue &v) { return v.isString(); })) {
        QStringList words;
        for (const QJsonValue &word : array)
            words << word.toString();
        return words.join(QStringLiteral(", "));
    }
    if (value.isString())
        return value.toString();
    if (value.isNull())
        return QStringLiteral("none");
    const QByteArray json = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(json.mid(1, json.size() - 2));
}

void appendRows(std::vector<std::pair<QString, QString>> &rows, const QString &prefix, const QJsonObject &object)
{
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QString name = prefix + it.key();
        if (it.value().isObject())
            appendRows(rows, name + QLatin1Char('.'), it.value().toObject());
        else
            rows.emplace_back(name, valueText(it.value()));
    }
}

} // namespace

DurationParts durationParts(double ns)
{
    for (const auto &[size, name] : {std::pair(1e9, "s"), {1e6, "ms"}, {1e3, "µs"}}) {
        if (std::abs(ns) >= size * 0.9995)
            return {ns / size, decimalsOf(ns / size), name};
    }
    return {ns, 0, "ns"};
}

QString durationText(double ns)
{
    const DurationParts parts = durationParts(ns);
    return QString::number(parts.number, 'f', parts.decimals) + QLatin1Char(' ') + QString::fromUtf8(parts.unit);
}

QString durationText(const std::optional<qint64> &ns)
{
    return ns ? durationText(static_cast<double>(*ns)) : QStringLiteral("–");
}

QString intervalText(const std::optional<Interval> &interval)
{
    if (!interval)
        return {};
    return durationText(static_cast<double>(interval->lo)) + QStringLiteral(" – ") +
           durationText(static_cast<double>(interval->hi));
}

bool isLowerBound(const CellResult &cell, double p)
{
    const double n = static_cast<double>(cell.ok + cell.censored);
    return std::ceil(p * n) > static_cast<double>(cell.ok);
}

QString quantileText(const CellResult &cell, const Distribution &times, double p)
{
    const auto &value = times.quantiles[CellResult::indexOf(p)];
    return (value && isLowerBound(cell, p) ? QStringLiteral("≥ ") : QString()) + durationText(value);
}

QString maxText(const CellResult &cell, const Distribution &times)
{
    return (isLowerBound(cell, 1) ? QStringLiteral("≥ ") : QString()) + durationText(times.max);
}

bool isIndicative(const Distribution &times, double p)
{
    return p >= 0.99 && times.effective && *times.effective < leastForTail;
}

QString ratioText(double ratio)
{
    if (ratio < 999.5)
        return threeDigits(ratio) + QStringLiteral("×");
    // No ratio of two medians is known to six digits.
    const double unit = std::pow(10, std::floor(std::log10(ratio)) - 2);
    return QLocale(QLocale::English).toString(std::llround(std::round(ratio / unit) * unit)) + QStringLiteral("×");
}

QStringList verdictSentences(const RunDocument &document)
{
    QStringList sentences;
    for (const Comparison &comparison : document.comparisons)
        sentences << sentenceOf(comparison);
    QStringList routes;
    for (const CellResult &cell : document.cells) {
        if (!routes.contains(cell.id.route))
            routes << cell.id.route;
    }
    for (const QString &route : routes) {
        if (const QString sentence = floorSentence(document, route); !sentence.isEmpty())
            sentences << sentence;
    }
    for (const CellResult &cell : document.cells) {
        if (const QString sentence = mixtureSentence(document, cell); !sentence.isEmpty())
            sentences << sentence;
    }
    sentences << errorSentence(document) << endSentence(document) << checkSentences(document);
    if (document.isClosed())
        sentences << QStringLiteral("Closed design: a request waits for the answer before it, so stalls are "
                                    "under-represented.");
    return sentences;
}

QString budgetSentence(const BudgetResult &result)
{
    QString text = QStringLiteral("%1 on %2: %3").arg(result.budget.text, result.route, verdictWord(result.verdict));
    if (result.valueNs)
        text += QStringLiteral(" (%1)").arg(durationText(result.valueNs));
    if (result.moreSamples)
        text += QStringLiteral("; about %1 more samples would tell").arg(*result.moreSamples);
    return text;
}

std::vector<std::pair<QString, QString>> metadataRows(const RunDocument &document)
{
    std::vector<std::pair<QString, QString>> rows;
    appendRows(rows, QStringLiteral("meta."), document.meta);
    appendRows(rows, QStringLiteral("plan."), document.plan);
    for (const GuardEvent &event : document.guards)
        rows.emplace_back(event.rule == QLatin1String("user-pause") ? QStringLiteral("pause")
                                                                    : QStringLiteral("guard %1").arg(event.rule),
                          QStringLiteral("%1 (after %2)").arg(event.detail, durationText(double(event.atNs))));
    rows.emplace_back(QStringLiteral("stopReason"), stopReasonName(document.stopReason));
    return rows;
}

base::Instant startOf(const RunDocument &document)
{
    return base::parseTime(document.meta.value(QStringLiteral("startedAt")).toString(), base::Instant{})
        .value_or(base::Instant{});
}

} // namespace rollcall::probe
