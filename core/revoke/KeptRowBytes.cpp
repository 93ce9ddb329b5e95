#include "core/revoke/KeptRowBytes.h"

#include <QDataStream>
#include <QIODevice>

#include "core/revoke/RevocationPlan.h"

namespace rollcall::revoke {

namespace {

constexpr quint32 version = 2;
constexpr quint32 mostColumns = 5000; ///< more than any database allows

void write(QDataStream &out, const base::SecretBytes &bytes)
{
    // As a QByteArray is written, without making one.
    out.writeBytes(bytes.view().data(), static_cast<uint>(bytes.size()));
}

base::SecretBytes readSecret(QDataStream &in)
{
    QByteArray bytes;
    in >> bytes;
    return base::SecretBytes::fromAndWipe(bytes);
}

qsizetype roomFor(const store::KeptRow &row)
{
    constexpr qsizetype aroundRow = 64;
    constexpr qsizetype aroundCell = 16;
    qsizetype room =
        aroundRow + row.key.key.size() + row.key.token.size() + 2 * row.key.userId.value_or(QString()).size();
    for (const store::KeptCell &cell : row.cells)
        room += aroundCell + 2 * cell.column.size() + cell.value.size();
    return room;
}

std::optional<store::KeptRow> readRow(QDataStream &in)
{
    store::KeptRow row;
    quint64 place = 0;
    bool hasUserId = false;
    QString userId;
    quint32 cells = 0;
    in >> place;
    row.key.key = readSecret(in);
    row.key.token = readSecret(in);
    in >> hasUserId >> userId >> row.hadUser >> cells;
    if (in.status() != QDataStream::Ok || cells > mostColumns)
        return std::nullopt;
    row.place = static_cast<std::size_t>(place);
    row.key.fingerprint = row.key.token.fingerprint();
    if (hasUserId)
        row.key.userId = userId;
    for (quint32 i = 0; i < cells; ++i) {
        store::KeptCell cell;
        in >> cell.column >> cell.isNull;
        cell.value = readSecret(in);
        row.cells.push_back(std::move(cell));
    }
    return in.status() == QDataStream::Ok ? std::optional(std::move(row)) : std::nullopt;
}

} // namespace

base::SecretBytes keptRowBytes(const QString &statement, std::span<const store::KeptRow> rows,
                               std::span<const std::size_t> takenBack)
{
    // Room for all of it at once: an array that grows leaves copies of tokens behind.
    qsizetype room = 64 + 2 * statement.size() + static_cast<qsizetype>(takenBack.size_bytes());
    for (const store::KeptRow &row : rows)
        room += roomFor(row);
    QByteArray bytes;
    bytes.reserve(room);
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_0);
    out << version << statement << quint64(rows.size());
    for (const store::KeptRow &row : rows) {
        out << quint64(row.place);
        write(out, row.key.key);
        write(out, row.key.token);
        out << row.key.userId.has_value() << row.key.userId.value_or(QString()) << row.hadUser
            << quint32(row.cells.size());
        for (const store::KeptCell &cell : row.cells) {
            out << cell.column << cell.isNull;
            write(out, cell.value);
        }
    }
    out << quint64(takenBack.size());
    for (const std::size_t place : takenBack)
        out << quint64(place);
    return base::SecretBytes::fromAndWipe(bytes);
}

base::Result<KeptBatch> keptRowsOf(const base::SecretBytes &bytes)
{
    const auto refused = [] {
        return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                              .with(base::ErrorParam::Detail, QStringLiteral("it holds no rows of this version")));
    };
    const QByteArray content = QByteArray::fromRawData(bytes.view().data(), bytes.size());
    QDataStream in(content);
    in.setVersion(QDataStream::Qt_6_0);
    KeptBatch batch;
    quint32 found = 0;
    quint64 count = 0;
    in >> found;
    if (in.status() != QDataStream::Ok || found != version)
        return refused();
    in >> batch.statement >> count;
    if (in.status() != QDataStream::Ok || count > static_cast<quint64>(largestPlan))
        return refused();
    batch.rows.reserve(static_cast<std::size_t>(count));
    for (quint64 i = 0; i < count; ++i) {
        auto row = readRow(in);
        if (!row)
            return refused();
        batch.rows.push_back(std::move(*row));
    }
    in >> count;
    if (in.status() != QDataStream::Ok || count > static_cast<quint64>(largestPlan))
        return refused();
    for (quint64 i = 0; i < count; ++i) {
        quint64 place = 0;
        in >> place;
        batch.takenBack.push_back(static_cast<std::size_t>(place));
    }
    if (in.status() != QDataStream::Ok || !in.atEnd())
        return refused();
    return batch;
}

} // namespace rollcall::revoke
