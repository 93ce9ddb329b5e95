#include "core/revoke/UndoRecord.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <fcntl.h>

#include <algorithm>

#include "core/base/DurableFile.h"
#include "core/base/ErrorText.h"
#include "core/base/Log.h"
#include "core/revoke/Operations.h"
#include "core/revoke/UndoBatches.h"

namespace rollcall::revoke {

namespace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

constexpr int formatVersion = 1;
constexpr qint64 largestHead = 64 * 1024;
constexpr qsizetype lengthBytes = sizeof(quint32);

QString headPath(const QString &folder, const QString &id)
{
    return folder + QLatin1Char('/') + id + QStringLiteral("/undo.json");
}

QString restoreMark()
{
    return QStringLiteral("restore-");
}

/// Whether a restore of the record in the folder @p own has not ended: it reads the rows from there.
bool isBeingRestored(const QString &own, const QString &operations)
{
    const QStringList marks = QDir(own).entryList({restoreMark() + QLatin1Char('*')}, QDir::Files);
    return std::ranges::any_of(marks, [&operations](const QString &mark) {
        const auto unfinished = operationHead(operations, mark.mid(restoreMark().size()));
        return unfinished || unfinished.error().code != ErrorCode::NotFound;
    });
}

bool isName(const QString &id)
{
    return id.startsWith(QStringLiteral("op-")) && !id.contains(QLatin1Char('/'));
}

Error invalid(const QString &path, const QString &detail)
{
    return Error(ErrorCode::FileFormatInvalid).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

base::Result<QByteArray> headIn(const QString &path)
{
    QFile file(path);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    if (!isOpen || file.size() > largestHead) {
        return base::fail(
            Error(ErrorCode::FileUnreadable)
                .with(ErrorParam::Path, path)
                .with(ErrorParam::Detail, isOpen ? QStringLiteral("it is too large") : file.errorString()));
    }
    return file.readAll();
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

UndoRecord::UndoRecord(const QString &folder, UndoHead head, QString statement, const OperationSeal &seal)
    : m_headPath(headPath(folder, head.id)),
      m_path(undoRowsPath(folder, head.id)),
      m_head(std::move(head)),
      m_statement(std::move(statement)),
      m_seal(&seal)
{}

base::Result<UndoRecord> UndoRecord::open(const QString &folder, UndoHead head, QString statement,
                                          const OperationSeal &seal)
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
    UndoRecord record(folder, std::move(head), std::move(statement), seal);
    if (const auto taken = QFile::exists(record.m_path)
                               ? record.takeUp()
                               : base::replaceFile(record.m_path, {}, ErrorCode::FileUnwritable);
        !taken)
        return base::fail(taken.error());
    if (const auto written = record.writeHead(record.m_head); !written)
        return base::fail(written.error());
    if (const auto synced = base::syncFolder(folder, ErrorCode::FileUnwritable); !synced)
        return base::fail(synced.error());
    return record;
}

base::Status UndoRecord::takeUp()
{
    const auto opened = openBatches(m_path, m_head.id, *m_seal, [this](const KeptBatch &batch, BatchPlace) {
        for (const store::KeptRow &row : batch.rows)
            m_places.insert(row.place);
        for (const std::size_t place : batch.takenBack)
            m_places.erase(place);
    });
    if (!opened)
        return base::fail(opened.error());
    // Damage before the last good batch stays for the one who reads: cutting there would lose the good ones.
    m_bytes = opened->bytes;
    const base::FileDescriptor file(m_path, O_WRONLY);
    if (!file.isOpen())
        return base::fail(base::systemError(m_path, ErrorCode::FileUnwritable));
    return base::cutBack(file, m_path, m_bytes, ErrorCode::FileUnwritable);
}

base::Status UndoRecord::writeHead(const UndoHead &head) const
{
    return base::replaceFile(m_headPath, jsonOf(head), ErrorCode::FileUnwritable);
}

base::Status UndoRecord::keepUntil(base::Instant until)
{
    UndoHead later = m_head;
    later.keptUntil = until;
    if (auto written = writeHead(later); !written)
        return written;
    m_head = std::move(later);
    return {};
}

base::Status UndoRecord::keep(std::span<const store::KeptRow> rows, std::span<const std::size_t> notDeleted)
{
    std::vector<std::size_t> takenBack;
    for (const std::size_t place : notDeleted) {
        if (m_places.contains(place))
            takenBack.push_back(place);
    }
    if (rows.empty() && takenBack.empty())
        return {};
    auto sealed = m_seal->seal(keptRowBytes(m_statement, rows, takenBack).view(), undoBatchName(m_head.id));
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
    for (const store::KeptRow &row : rows)
        m_places.insert(row.place);
    for (const std::size_t place : takenBack)
        m_places.erase(place);
    return {};
}

base::Result<std::optional<UndoHead>> readUndoHead(const QString &folder, const QString &id)
{
    const QString path = headPath(folder, id);
    if (!isName(id) || !QFile::exists(path) || !QFile::exists(undoRowsPath(folder, id)))
        return std::nullopt;
    const auto content = headIn(path);
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

base::Status destroyUndo(const QString &folder, const QString &id)
{
    const QString own = folder + QLatin1Char('/') + id;
    if (!isName(id) || !QDir(own).exists())
        return {};
    // The rows first: a record that is half destroyed holds none, and counts as over.
    const QString rows = undoRowsPath(folder, id);
    if ((!QFile::exists(rows) || QFile::remove(rows)) && QDir(own).removeRecursively())
        return {};
    return base::fail(Error(ErrorCode::FileUnwritable)
                          .with(ErrorParam::Path, own)
                          .with(ErrorParam::Detail, QStringLiteral("the folder cannot be removed")));
}

base::Status noteRestore(const QString &folder, const QString &id, const QString &restore)
{
    return base::replaceFile(folder + QLatin1Char('/') + id + QLatin1Char('/') + restoreMark() + restore, {},
                             ErrorCode::FileUnwritable);
}

void destroyOldUndos(const QString &operations, base::Instant now)
{
    const QString folder = undoBeside(operations);
    for (const QString &id : QDir(folder).entryList({QStringLiteral("op-*")}, QDir::Dirs)) {
        // Before the head: that of one that ends now is then the one which it ends with.
        const auto unfinished = operationHead(operations, id);
        if (unfinished || unfinished.error().code != ErrorCode::NotFound ||
            isBeingRestored(folder + QLatin1Char('/') + id, operations))
            continue;
        const auto head = readUndoHead(folder, id);
        // One whose head cannot be read is not known to be over: it is left for the one who looks.
        if (!head || (*head && (*head)->keptUntil > now))
            continue;
        if (const auto gone = destroyUndo(folder, id); !gone)
            qCWarning(base::log).noquote() << base::oneLine(gone.error());
    }
}

} // namespace rollcall::revoke
