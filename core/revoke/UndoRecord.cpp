#include "core/revoke/UndoRecord.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <fcntl.h>

#include <algorithm>
#include <unordered_map>

#include "core/base/DurableFile.h"
#include "core/base/ErrorText.h"
#include "core/base/Log.h"
#include "core/revoke/KeptRowBytes.h"

namespace rollcall::revoke {

namespace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

constexpr int formatVersion = 1;
constexpr qint64 largestHead = 64 * 1024;
constexpr qint64 largestRecord = qint64{4} << 30;
constexpr qsizetype lengthBytes = sizeof(quint32);

QString headPath(const QString &folder, const QString &id)
{
    return folder + QLatin1Char('/') + id + QStringLiteral("/undo.json");
}

QString rowsPath(const QString &folder, const QString &id)
{
    return folder + QLatin1Char('/') + id + QStringLiteral("/rows.sealed");
}

QByteArray sealedAs(const QString &id)
{
    return id.toLatin1() + "/undo";
}

bool isName(const QString &id)
{
    return id.startsWith(QStringLiteral("op-")) && !id.contains(QLatin1Char('/'));
}

Error invalid(const QString &path, const QString &detail)
{
    return Error(ErrorCode::FileFormatInvalid).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

base::Result<QByteArray> contentOf(const QString &path, qint64 most)
{
    QFile file(path);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    if (!isOpen || file.size() > most) {
        return base::fail(
            Error(ErrorCode::FileUnreadable)
                .with(ErrorParam::Path, path)
                .with(ErrorParam::Detail, isOpen ? QStringLiteral("it is too large") : file.errorString()));
    }
    return file.readAll();
}

/// The sealed batches in @p content; what follows the last whole one is left out.
std::vector<QByteArrayView> batchesIn(QByteArrayView content)
{
    std::vector<QByteArrayView> batches;
    while (content.size() >= lengthBytes) {
        const auto length = static_cast<qsizetype>(qFromBigEndian<quint32>(content.data()));
        if (content.size() - lengthBytes < length)
            break;
        batches.push_back(content.sliced(lengthBytes, length));
        content = content.sliced(lengthBytes + length);
    }
    return batches;
}

QByteArray jsonOf(const UndoHead &head)
{
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("rollcall-undo")},
                                     {QStringLiteral("version"), formatVersion},
                                     {QStringLiteral("id"), head.id},
                                     {QStringLiteral("connection"), head.connection},
                                     {QStringLiteral("database"), head.database},
                                     {QStringLiteral("planDigest"), head.planDigest},
                                     {QStringLiteral("keptUntil"), qint64(head.keptUntil.time_since_epoch().count())}})
               .toJson(QJsonDocument::Compact) +
           '\n';
}

} // namespace

QString undoBeside(const QString &operations)
{
    return QDir::cleanPath(operations + QStringLiteral("/../undo"));
}

base::Result<UndoRecord> UndoRecord::open(const QString &folder, UndoHead head, const OperationSeal &seal)
{
    const QString own = folder + QLatin1Char('/') + head.id;
    const bool isMade =
        QDir().mkpath(folder) &&
        (QDir(own).exists() || QDir().mkdir(own, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    if (!isMade) {
        return base::fail(Error(ErrorCode::FileUnwritable)
                              .with(ErrorParam::Path, own)
                              .with(ErrorParam::Detail, QStringLiteral("the folder cannot be made")));
    }
    QString path = rowsPath(folder, head.id);
    UndoRecord record(std::move(path), std::move(head), seal);
    if (QFile::exists(record.m_path)) {
        const auto content = contentOf(record.m_path, largestRecord);
        if (!content)
            return base::fail(content.error());
        for (const QByteArrayView batch : batchesIn(*content))
            record.m_bytes += lengthBytes + batch.size();
    } else if (const auto made = base::replaceFile(record.m_path, {}, ErrorCode::FileUnwritable); !made) {
        return base::fail(made.error());
    }
    if (const auto written =
            base::replaceFile(headPath(folder, record.m_head.id), jsonOf(record.m_head), ErrorCode::FileUnwritable);
        !written)
        return base::fail(written.error());
    if (const auto synced = base::syncFolder(folder, ErrorCode::FileUnwritable); !synced)
        return base::fail(synced.error());
    return record;
}

base::Status UndoRecord::keep(std::span<const store::KeptRow> rows)
{
    auto sealed = m_seal->seal(keptRowBytes(rows).view(), sealedAs(m_head.id));
    if (!sealed)
        return base::fail(sealed.error());
    QByteArray batch(lengthBytes, Qt::Uninitialized);
    qToBigEndian(static_cast<quint32>(sealed->size()), batch.data());
    batch += *sealed;
    const base::FileDescriptor file(m_path, O_WRONLY | O_APPEND);
    if (!file.isOpen())
        return base::fail(base::systemError(m_path, ErrorCode::FileUnwritable));
    if (const auto cut = base::cutBack(file, m_path, m_bytes, ErrorCode::FileUnwritable); !cut)
        return base::fail(cut.error());
    if (const auto done = base::appendAndSync(file, m_path, batch, m_bytes, ErrorCode::FileUnwritable); !done)
        return base::fail(done.error());
    m_bytes += batch.size();
    return {};
}

base::Result<std::optional<UndoHead>> readUndoHead(const QString &folder, const QString &id)
{
    const QString path = headPath(folder, id);
    if (!isName(id) || !QFile::exists(path))
        return std::nullopt;
    const auto content = contentOf(path, largestHead);
    if (!content)
        return base::fail(content.error());
    const QJsonObject json = QJsonDocument::fromJson(*content).object();
    UndoHead head;
    head.id = json.value(QStringLiteral("id")).toString();
    if (json.value(QStringLiteral("format")) != QStringLiteral("rollcall-undo") ||
        json.value(QStringLiteral("version")) != formatVersion || head.id != id)
        return base::fail(invalid(path, QStringLiteral("no undo record of this version")));
    head.connection = json.value(QStringLiteral("connection")).toString();
    head.database = json.value(QStringLiteral("database")).toString();
    head.planDigest = json.value(QStringLiteral("planDigest")).toString();
    head.keptUntil = base::Instant(std::chrono::milliseconds(json.value(QStringLiteral("keptUntil")).toInteger()));
    return head;
}

base::Result<std::vector<store::KeptRow>> readUndoRows(const QString &folder, const QString &id,
                                                       const OperationSeal &seal)
{
    const QString path = rowsPath(folder, id);
    const auto content = contentOf(path, largestRecord);
    if (!content)
        return base::fail(content.error());
    std::vector<std::pair<const char *, store::KeptRow>> all; // with the batch that it stands in
    std::unordered_map<std::size_t, const char *> latest;     // by place: the batch that it stands in last
    for (const QByteArrayView batch : batchesIn(*content)) {
        const auto opened = seal.open(batch, sealedAs(id));
        if (!opened)
            return base::fail(Error(opened.error()).with(ErrorParam::Path, path));
        auto rows = keptRowsOf(*opened);
        if (!rows)
            return base::fail(Error(rows.error()).with(ErrorParam::Path, path));
        for (const store::KeptRow &row : *rows)
            latest[row.place] = batch.data();
        for (store::KeptRow &row : *rows)
            all.emplace_back(batch.data(), std::move(row));
    }
    // A batch that was undone and tried again stands here twice; the later one is what was deleted.
    std::vector<store::KeptRow> rows;
    rows.reserve(latest.size());
    for (auto &[batch, row] : all) {
        if (latest[row.place] == batch)
            rows.push_back(std::move(row));
    }
    std::ranges::stable_sort(rows, {}, &store::KeptRow::place);
    return rows;
}

base::Status destroyUndo(const QString &folder, const QString &id)
{
    const QString own = folder + QLatin1Char('/') + id;
    if (!isName(id) || !QDir(own).exists() || QDir(own).removeRecursively())
        return {};
    return base::fail(Error(ErrorCode::FileUnwritable)
                          .with(ErrorParam::Path, own)
                          .with(ErrorParam::Detail, QStringLiteral("the folder cannot be removed")));
}

void destroyOldUndos(const QString &folder, base::Instant now)
{
    for (const QString &id : QDir(folder).entryList({QStringLiteral("op-*")}, QDir::Dirs)) {
        const auto head = readUndoHead(folder, id);
        // One whose head cannot be read is not known to be over: it is left for the one who looks.
        if (!head || !*head || (*head)->keptUntil > now)
            continue;
        if (const auto gone = destroyUndo(folder, id); !gone)
            qCWarning(base::log).noquote() << base::oneLine(gone.error());
    }
}

} // namespace rollcall::revoke
