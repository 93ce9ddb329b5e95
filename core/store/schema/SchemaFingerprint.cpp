#include "core/store/schema/SchemaFingerprint.h"

#include <QCryptographicHash>
#include <QStringList>

namespace rollcall::store {

QString schemaFingerprint(const TableInfo &sessions)
{
    // Neither names nor types hold NUL.
    QStringList columns;
    for (const ColumnInfo &column : sessions.columns)
        columns << column.name + QChar(0) + column.type;
    columns.sort();
    const QByteArray text = columns.join(QString(2, QChar(0))).toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().first(16));
}

} // namespace rollcall::store
