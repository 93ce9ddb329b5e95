#include "core/probe/CsvWriter.h"

#include "core/base/CsvText.h"

namespace rollcall::probe {

namespace {

QByteArray field(const QString &text)
{
    return base::csvCell(text);
}

QByteArray field(qint64 number)
{
    return QByteArray::number(number);
}

QByteArray field(const std::optional<qint64> &number)
{
    return number ? field(*number) : QByteArray();
}

QByteArray row(const QByteArrayList &fields)
{
    return fields.join(',') + '\n';
}

QByteArrayList distributionFields(const Distribution &distribution)
{
    QByteArrayList fields{field(distribution.min), field(distribution.mean)};
    for (const auto &quantile : distribution.quantiles)
        fields << field(quantile);
    fields << field(distribution.max);
    for (const std::size_t i : {CellResult::indexOf(0.5), CellResult::indexOf(0.99)}) {
        const auto &interval = distribution.intervals[i];
        fields << (interval ? field(interval->lo) : QByteArray()) << (interval ? field(interval->hi) : QByteArray());
    }
    return fields;
}

} // namespace

QByteArray cellsAsCsv(const RunDocument &document)
{
    QByteArrayList head{"route", "mode", "cache", "cookie", "connection", "count", "ok", "errors", "censored", "batch"};
    for (const char *prefix : {"response", "service"}) {
        for (const char *name :
             {"Min", "Mean", "P50", "P90", "P95", "P99", "P999", "Max", "P50Lo", "P50Hi", "P99Lo", "P99Hi"})
            head << QByteArray(prefix) + name + "Ns";
    }
    QByteArray csv = row(head);
    for (const CellResult &cell : document.cells) {
        QStringList errors;
        for (const auto &[kind, number] : cell.errors)
            errors << QStringLiteral("%1=%2").arg(kind).arg(number);
        QByteArrayList fields{field(cell.id.route),
                              field(probeModeName(cell.id.mode)),
                              cell.id.cache ? field(cachePathName(*cell.id.cache)) : QByteArray(),
                              field(cell.cookie),
                              field(cell.connection),
                              field(cell.count),
                              field(cell.ok),
                              field(errors.join(QLatin1Char(';'))),
                              field(cell.censored),
                              field(qint64(cell.batch))};
        fields += distributionFields(cell.response);
        fields += distributionFields(cell.service);
        csv += row(fields);
    }
    return csv;
}

QByteArray samplesAsCsv(const RunDocument &document)
{
    QByteArray csv = QByteArrayLiteral("block,seq,cell,t_int_ns,lag_ns,dns_ns,tcp_ns,tls_ns,wait_ns,recv_ns,total_ns,"
                                       "outcome,status,reused,warmup,bytes,first,execute_ns,fetch_ns,decode_ns\n");
    qint64 seq = 0;
    for (const Sample &sample : document.samples) {
        const QString name = cellName(document.cells[static_cast<std::size_t>(sample.cell)].id);
        csv += row({field(qint64(sample.block)),
                    field(seq++),
                    field(name),
                    field(sample.intendedNs),
                    field(sample.startNs - sample.intendedNs),
                    field(sample.phases.dns),
                    field(sample.phases.tcp),
                    field(sample.phases.tls),
                    field(sample.phases.wait),
                    field(sample.phases.receive),
                    field(sample.responseNs()),
                    field(outcomeName(sample.outcome)),
                    field(qint64(sample.status)),
                    sample.reused ? "1" : "0",
                    sample.warmup ? "1" : "0",
                    field(sample.bytes),
                    sample.first ? "1" : "0",
                    field(sample.phases.execute),
                    field(sample.phases.fetch),
                    field(sample.phases.decode)});
    }
    return csv;
}

} // namespace rollcall::probe
