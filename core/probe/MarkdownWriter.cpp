#include "core/probe/MarkdownWriter.h"

#include "core/probe/ReportCharts.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

/// @p text as text, whatever a renderer would make of it. Round brackets are but text where no square ones are left
/// before them, and sentences are read as they are, too.
QString plain(const QString &text)
{
    static const QString special = QStringLiteral("\\`*_{}[]#+!|<>~&");
    QString safe;
    for (const QChar c : text) {
        if (c.unicode() < 0x20)
            safe += QLatin1Char(' ');
        else if (special.contains(c))
            safe += QStringLiteral("&#%1;").arg(c.unicode());
        else
            safe += c;
    }
    return safe;
}

QString row(const QStringList &fields)
{
    return QStringLiteral("| ") + fields.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
}

QString table(const QStringList &head, const QList<QStringList> &rows, qsizetype textColumns)
{
    QStringList rule;
    for (qsizetype i = 0; i < head.size(); ++i)
        rule << (i < textColumns ? QStringLiteral("---") : QStringLiteral("---:"));
    QString text = row(head) + row(rule);
    for (const QStringList &fields : rows)
        text += row(fields);
    return text;
}

QString withInterval(const CellResult &cell, const Distribution &times, double p)
{
    const std::size_t i = CellResult::indexOf(p);
    const QString interval = intervalText(times.intervals[i]);
    const QString value = quantileText(cell, times, p) +
                          (times.quantiles[i] && isIndicative(times, p) ? QStringLiteral(", indicative") : QString());
    return interval.isEmpty() ? value : QString(value + QStringLiteral(" (") + interval + QLatin1Char(')'));
}

QString errorsOf(const CellResult &cell)
{
    QStringList parts;
    for (const auto &[kind, number] : cell.errors)
        parts << QStringLiteral("%1 %2").arg(number).arg(plain(kind));
    return parts.isEmpty() ? QStringLiteral("–") : parts.join(QStringLiteral(", "));
}

QString cellTable(const RunDocument &document)
{
    QList<QStringList> rows;
    for (const CellResult &cell : document.cells) {
        const Distribution &times = document.judged(cell);
        rows << QStringList{plain(cellName(cell.id)),
                            QString::number(cell.count),
                            times.effective ? QString::number(*times.effective) : QStringLiteral("–"),
                            QString::number(cell.ok),
                            errorsOf(cell),
                            withInterval(cell, times, 0.5),
                            withInterval(cell, times, 0.95),
                            withInterval(cell, times, 0.99),
                            maxText(cell, times)};
    }
    return table({QStringLiteral("cell"), QStringLiteral("count"), QStringLiteral("n eff"), QStringLiteral("ok"),
                  QStringLiteral("errors"), QStringLiteral("p50 (95 % CI)"), QStringLiteral("p95 (95 % CI)"),
                  QStringLiteral("p99 (95 % CI)"), QStringLiteral("max")},
                 rows, 1);
}

QString phaseTable(const RunDocument &document)
{
    QList<QStringList> rows;
    for (const CellResult &cell : document.cells) {
        if (!isNetwork(cell.id.mode))
            continue;
        const PhaseMedians &phases = cell.phases;
        rows << QStringList{plain(cellName(cell.id)),     durationText(phases.lag),   durationText(phases.dns),
                            durationText(phases.tcp),     durationText(phases.tls),   durationText(phases.wait),
                            durationText(phases.receive), durationText(phases.server)};
    }
    if (rows.isEmpty())
        return {};
    return QStringLiteral("\n## Phases (medians)\n\n") +
           table({QStringLiteral("cell"), QStringLiteral("schedule lag"), QStringLiteral("DNS"), QStringLiteral("TCP"),
                  QStringLiteral("TLS"), QStringLiteral("wait"), QStringLiteral("receive"),
                  QStringLiteral("Server-Timing")},
                 rows, 1);
}

QString stageTable(const RunDocument &document)
{
    QList<QStringList> rows;
    for (const CellResult &cell : document.cells) {
        const PhaseMedians &phases = cell.phases;
        if (phases.execute)
            rows << QStringList{plain(cellName(cell.id)), durationText(phases.connect), durationText(phases.execute),
                                durationText(phases.fetch), durationText(phases.decode)};
    }
    if (rows.isEmpty())
        return {};
    return QStringLiteral("\n## Stages of a look-up in the database (medians)\n\n") +
           table({QStringLiteral("cell"), QStringLiteral("connect (once)"), QStringLiteral("execute"),
                  QStringLiteral("fetch"), QStringLiteral("decode")},
                 rows, 1);
}

} // namespace

QByteArray asMarkdown(const RunDocument &document)
{
    QString text = QStringLiteral("# Session latency, %1\n\n").arg(base::toIso(startOf(document)));
    for (const QString &sentence : verdictSentences(document))
        text += QStringLiteral("- ") + plain(sentence) + QLatin1Char('\n');
    if (!document.budgets.empty()) {
        text += QStringLiteral("\n## Budgets\n\n");
        for (const BudgetResult &budget : document.budgets)
            text += QStringLiteral("- ") + plain(budgetSentence(budget)) + QLatin1Char('\n');
    }
    if (document.revocations) {
        text += QStringLiteral("\n## Revocations\n\n");
        for (const QString &sentence : revocationSentences(*document.revocations))
            text += QStringLiteral("- ") + plain(sentence) + QLatin1Char('\n');
    }
    text += QStringLiteral("\n## Cells\n\n%1 times; timeouts count as lower bounds.\n\n")
                .arg(document.isClosed() ? QStringLiteral("Service") : QStringLiteral("Response")) +
            cellTable(document) + phaseTable(document) + stageTable(document) +
            QStringLiteral("\n## How it was measured\n\n");
    QList<QStringList> rows;
    for (const auto &[name, value] : metadataRows(document))
        rows << QStringList{plain(name), plain(value)};
    return (text + table({QStringLiteral("what"), QStringLiteral("value")}, rows, 2)).toUtf8();
}

} // namespace rollcall::probe
