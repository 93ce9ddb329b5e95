#include "core/revoke/UndoRecord.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtEndian>

#include <fcntl.h>

#include <map>

#include "core/base/DurableFile.h"
#include "core/base/ErrorText.h"
#include "core/base/Log.h"
#include "core/revoke/Operations.h"

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

/// The sealed batches in @p content; what follows the last whole one is left out. A file that a crash made longer
/// without its content has zeros there.
std::vector<QByteArrayView> batchesIn(QByteArrayView content)
{
    std::vector<QByteArrayView> batches;
    while (content.size() >= lengthBytes) {
        const auto length = static_cast<qsizetype>(qFromBigEndian<quint32>(content.data()));
        if (length <= 0 || content.size() - lengthBytes < length)
            break;
        batches.push_back(content.sliced(lengthBytes, length));
        content = content.sliced(lengthBytes + length);
    }
    return batches;
}

struct Opened
{
    qint64 bytes = 0;            ///< to the end of the last batch that opens
    std::optional<Error> damage; ///< why one before that does not, or why none does
};

/// Gives the batches in @p content that open to @p take, in their order. Errors: FileFormatInvalid (one that opens is
/// of another version).
template <typename Take>
base::Result<Opened> openBatches(QByteArrayView content, const QString &id, const OperationSeal &seal, const Take &take)
{
    Opened all;
    std::optional<Error> closed;
    for (const QByteArrayView sealed : batchesIn(content)) {
        const auto opened = seal.open(sealed, sealedAs(id));
        if (!opened) {
            closed = opened.error();
            continue;
        }
        auto batch = keptRowsOf(*opened);
        if (!batch)
            return base::fail(batch.error());
        if (closed)
            all.damage = closed;
        all.bytes = sealed.data() + sealed.size() - content.data();
        take(std::move(*batch));
    }
    if (all.bytes == 0)
        all.damage = std::move(closed);
    return all;
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
      m_path(rowsPath(folder, head.id)),
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
    const auto content = contentOf(m_path, largestRecord);
    if (!content)
        return base::fail(content.error());
    const auto opened = openBatches(*content, m_head.id, *m_seal, [this](const KeptBatch &batch) {
        for (const store::KeptRow &row : batch.rows)
            m_places.insert(row.place);
        for (const std::size_t place : batch.takenBack)
            m_places.erase(place);
    });
    if (!opened)
        return base::fail(Error(opened.error()).with(ErrorParam::Path, m_path));
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
    auto sealed = m_seal->seal(keptRowBytes(m_statement, rows, takenBack).view(), sealedAs(m_head.id));
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
    if (!isName(id) || !QFile::exists(path) || !QFile::exists(rowsPath(folder, id)))
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

base::Result<KeptBatch> readUndoRows(const QString &folder, const QString &id, const OperationSeal &seal)
{
    const QString path = rowsPath(folder, id);
    const auto content = contentOf(path, largestRecord);
    if (!content)
        return base::fail(content.error());
    KeptBatch all;
    bool isOfOneTable = true;
    // A batch that was undone and tried again stands here twice; the later one is what was deleted.
    std::map<std::size_t, store::KeptRow> latest;
    const auto opened = openBatches(*content, id, seal, [&](KeptBatch batch) {
        isOfOneTable = isOfOneTable && (all.statement.isEmpty() || all.statement == batch.statement);
        all.statement = std::move(batch.statement);
        for (store::KeptRow &row : batch.rows) {
            const std::size_t place = row.place;
            latest.insert_or_assign(place, std::move(row));
        }
        for (const std::size_t place : batch.takenBack)
            latest.erase(place);
    });
    if (!opened)
        return base::fail(Error(opened.error()).with(ErrorParam::Path, path));
    if (opened->damage)
        return base::fail(Error(*opened->damage).with(ErrorParam::Path, path));
    if (!isOfOneTable)
        return base::fail(invalid(path, QStringLiteral("its rows are of several tables")));
    if (const qint64 rest = content->size() - opened->bytes; rest > 0)
        qCWarning(base::log).noquote() << path << "- left out, damaged:" << rest << "bytes at the end";
    all.rows.reserve(latest.size());
    for (auto &[place, row] : latest)
        all.rows.push_back(std::move(row));
    return all;
}

base::Status destroyUndo(const QString &folder, const QString &id)
{
    const QString own = folder + QLatin1Char('/') + id;
    if (!isName(id) || !QDir(own).exists())
        return {};
    // The rows first: a record that is half destroyed holds none, and counts as over.
    const QString rows = rowsPath(folder, id);
    if ((!QFile::exists(rows) || QFile::remove(rows)) && QDir(own).removeRecursively())
        return {};
    return base::fail(Error(ErrorCode::FileUnwritable)
                          .with(ErrorParam::Path, own)
                          .with(ErrorParam::Detail, QStringLiteral("the folder cannot be removed")));
}

void destroyOldUndos(const QString &operations, base::Instant now)
{
    const QString folder = undoBeside(operations);
    for (const QString &id : QDir(folder).entryList({QStringLiteral("op-*")}, QDir::Dirs)) {
        // Before the head: that of one that ends now is then the one which it ends with.
        const auto unfinished = operationKind(operations, id);
        if (unfinished || unfinished.error().code != ErrorCode::NotFound)
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
