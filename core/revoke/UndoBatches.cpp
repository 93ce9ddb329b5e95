#include "core/revoke/UndoBatches.h"

#include <QFile>
#include <QtEndian>

namespace rollcall::revoke {

namespace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

constexpr qint64 lengthBytes = sizeof(quint32);

Error unreadable(const QFile &file)
{
    return Error(ErrorCode::FileUnreadable)
        .with(ErrorParam::Path, file.fileName())
        .with(ErrorParam::Detail, file.errorString());
}

/// The place of the sealed batch whose length stands at @p at; nullopt: there is no whole one.
std::optional<BatchPlace> placeAt(QFile &file, qint64 at)
{
    char bytes[lengthBytes];
    if (!file.seek(at) || file.read(bytes, lengthBytes) != lengthBytes)
        return std::nullopt;
    const auto length = static_cast<qint64>(qFromBigEndian<quint32>(bytes));
    if (length <= 0 || length > file.size() - at - lengthBytes)
        return std::nullopt;
    return BatchPlace{at + lengthBytes, length};
}

base::Result<QByteArray> sealedAt(QFile &file, BatchPlace place)
{
    if (!file.seek(place.at))
        return base::fail(unreadable(file));
    QByteArray sealed = file.read(place.length);
    if (sealed.size() != place.length)
        return base::fail(unreadable(file));
    return sealed;
}

Error at(const QString &path, const Error &error)
{
    return Error(error).with(ErrorParam::Path, path);
}

} // namespace

QString undoRowsPath(const QString &folder, const QString &id)
{
    return folder + QLatin1Char('/') + id + QStringLiteral("/rows.sealed");
}

QByteArray undoBatchName(const QString &id)
{
    return id.toLatin1() + "/undo";
}

base::Result<OpenedBatches> openBatches(const QString &path, const QString &id, const OperationSeal &seal,
                                        const std::function<void(KeptBatch, BatchPlace)> &take)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(unreadable(file));
    OpenedBatches all;
    std::optional<Error> closed;
    qint64 from = 0;
    for (auto place = placeAt(file, from); place; place = placeAt(file, from)) {
        from = place->at + place->length;
        const auto sealed = sealedAt(file, *place);
        if (!sealed)
            return base::fail(sealed.error());
        const auto opened = seal.open(*sealed, undoBatchName(id));
        if (!opened) {
            closed = opened.error();
            continue;
        }
        auto batch = keptRowsOf(*opened);
        if (!batch)
            return base::fail(at(path, batch.error()));
        if (closed)
            all.damage = at(path, *closed);
        all.bytes = from;
        take(std::move(*batch), *place);
    }
    if (all.bytes == 0 && closed)
        all.damage = at(path, *closed);
    all.rest = file.size() - all.bytes;
    return all;
}

base::Result<KeptBatch> openBatch(const QString &path, BatchPlace place, const QString &id, const OperationSeal &seal)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(unreadable(file));
    const auto sealed = sealedAt(file, place);
    if (!sealed)
        return base::fail(sealed.error());
    const auto opened = seal.open(*sealed, undoBatchName(id));
    if (!opened)
        return base::fail(at(path, opened.error()));
    auto batch = keptRowsOf(*opened);
    if (!batch)
        return base::fail(at(path, batch.error()));
    return batch;
}

} // namespace rollcall::revoke
