#include "core/audit/AuditExport.h"

#include <QJsonDocument>

#include "core/base/CsvText.h"

namespace rollcall::audit {

namespace {

/// JSON text of any value.
QByteArray jsonText(const QJsonValue &value)
{
    // QJsonDocument writes arrays and objects only: the brackets around the one element are cut off again.
    const QByteArray wrapped = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return wrapped.sliced(1, wrapped.size() - 2);
}

QByteArray asJson(const QJsonArray &values)
{
    QByteArrayList members;
    for (qsizetype i = 0; i < values.size(); ++i)
        members << jsonText(exportedMembers().at(i)) + ':' + jsonText(values.at(i));
    return '{' + members.join(',') + '}';
}

QByteArray asCsv(const QJsonArray &values)
{
    QByteArrayList cells;
    for (const QJsonValue &value : values) {
        cells << (value.isNull()     ? QByteArray()
                  : value.isString() ? base::csvCell(value.toString())
                                     : base::csvCell(QString::fromUtf8(jsonText(value))));
    }
    return cells.join(',') + '\n';
}

QByteArray csvHead()
{
    return exportedMembers().join(QLatin1Char(',')).toUtf8() + '\n';
}

QByteArray jsonHead()
{
    return QByteArrayLiteral("{\"entries\":[");
}

} // namespace

const QStringList &exportedMembers()
{
    static const QStringList members{
        QStringLiteral("seq"),        QStringLiteral("at"),           QStringLiteral("operation"),
        QStringLiteral("phase"),      QStringLiteral("action"),       QStringLiteral("actor"),
        QStringLiteral("connection"), QStringLiteral("reason"),       QStringLiteral("planDigest"),
        QStringLiteral("counts"),     QStringLiteral("verification"), QStringLiteral("hash"),
        QStringLiteral("note"),       QStringLiteral("previousHash"), QStringLiteral("keyId"),
        QStringLiteral("signature")};
    return members;
}

QJsonArray exportedValues(const AuditEntry &entry)
{
    const QJsonObject json = entry.toJson();
    QJsonArray values;
    for (const QString &name : exportedMembers())
        values.append(json.contains(name) ? json.value(name) : QJsonValue(QJsonValue::Null));
    return values;
}

bool isExport(QByteArrayView begin)
{
    const QByteArray first = jsonHead() + "{\"seq\":";
    const QByteArray empty = jsonHead() + "]}\n";
    return begin.startsWith(csvHead()) || begin.startsWith(first) || begin == empty;
}

base::Result<qint64> exportLog(const AuditLog &log, ExportForm form, const QString &path, const base::Call &call,
                               base::Onto onto)
{
    if (auto allowed = log.checkTarget(path); !allowed)
        return base::fail(std::move(allowed.error()));
    base::FileReplacement file(path, base::ErrorCode::FileUnwritable, onto);
    file.write(form == ExportForm::Csv ? csvHead() : jsonHead());
    qint64 count = 0;
    const auto read = log.forEach(0, call, [&](const AuditEntry &entry) {
        const QJsonArray values = exportedValues(entry);
        file.write(form == ExportForm::Csv ? asCsv(values) : (count > 0 ? "," : "") + asJson(values));
        count += 1;
        return true;
    });
    if (!read)
        return base::fail(read.error());
    if (form == ExportForm::Json)
        file.write("]}\n");
    if (auto written = file.commit(); !written)
        return base::fail(std::move(written.error()));
    return count;
}

} // namespace rollcall::audit
