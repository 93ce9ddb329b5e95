#include "core/revoke/UndoIndex.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "core/base/Log.h"
#include "core/revoke/OpenedOperation.h"

namespace rollcall::revoke {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

quint64 shortDigest(const std::optional<QString> &user)
{
    if (!user)
        return 0;
    const QByteArray digest = QCryptographicHash::hash(user->toUtf8(), QCryptographicHash::Sha256);
    return std::max<quint64>(1, qFromBigEndian<quint64>(digest.constData()));
}

Error invalid(const QString &path, const QString &detail)
{
    return Error(ErrorCode::FileFormatInvalid).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

} // namespace

const UndoIndex::Row *UndoIndex::find(std::size_t place, std::size_t n) const
{
    const auto found = std::ranges::equal_range(rows, place, {}, &Row::place);
    return n < found.size() ? &found[static_cast<std::ptrdiff_t>(n)] : nullptr;
}

qint64 UndoIndex::users() const
{
    std::unordered_set<quint64> users;
    for (const Row &row : rows) {
        if (row.user != 0)
            users.insert(row.user);
    }
    return static_cast<qint64>(users.size());
}

base::Result<UndoIndex> readUndoIndex(const QString &folder, const QString &id, const OperationSeal &seal)
{
    UndoIndex index;
    index.path = undoRowsPath(folder, id);
    index.id = id;
    bool isOfOneTable = true;
    // A batch that was undone and tried again stands there twice; the later one is what was deleted.
    std::unordered_map<std::size_t, quint32> latest; // batches by place
    const auto opened = openBatches(index.path, id, seal, [&](const KeptBatch &batch, BatchPlace place) {
        isOfOneTable = isOfOneTable && (index.statement.isEmpty() || index.statement == batch.statement);
        index.statement = batch.statement;
        const auto number = static_cast<quint32>(index.batches.size());
        index.batches.push_back(place);
        for (quint32 i = 0; i < batch.rows.size(); ++i) {
            const store::KeptRow &row = batch.rows[i];
            latest.insert_or_assign(row.place, number);
            index.rows.push_back({row.place, number, i, shortDigest(row.key.userId)});
        }
        for (const std::size_t back : batch.takenBack)
            latest.erase(back);
    });
    if (!opened)
        return base::fail(opened.error());
    if (opened->damage && opened->bytes == 0)
        return base::fail(doesNotOpen(id, opened->damage->param(ErrorParam::Detail)));
    if (opened->damage)
        return base::fail(*opened->damage);
    if (!isOfOneTable)
        return base::fail(invalid(index.path, QStringLiteral("its rows are of several tables")));
    if (opened->rest > 0)
        qCWarning(base::log).noquote() << index.path << "- left out, damaged:" << opened->rest << "bytes at the end";
    std::erase_if(index.rows, [&latest](const UndoIndex::Row &row) {
        const auto found = latest.find(row.place);
        return found == latest.end() || found->second != row.batch;
    });
    std::ranges::stable_sort(index.rows, {}, &UndoIndex::Row::place);
    return index;
}

base::Result<std::vector<store::KeptRow>> UndoReader::read(std::span<const UndoIndex::Row *const> rows)
{
    // Each batch is opened once: rows that were tried again stand in a later one than their neighbours.
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [rows](std::size_t i) { return rows[i]->batch; });
    std::vector<store::KeptRow> read(rows.size());
    for (const std::size_t i : order) {
        const UndoIndex::Row *row = rows[i];
        if (m_opened != row->batch) {
            m_opened.reset();
            m_batch = {}; // the memory of one, before that of the next is wanted
            auto batch = openBatch(m_index.path, m_index.batches[row->batch], m_index.id, m_seal);
            if (!batch)
                return base::fail(batch.error());
            m_batch = std::move(*batch);
            m_opened = row->batch;
        }
        if (row->inBatch >= m_batch.rows.size() || m_batch.rows[row->inBatch].place != row->place)
            return base::fail(invalid(m_index.path, QStringLiteral("it changed while it was read")));
        read[i] = m_batch.rows[row->inBatch].clone();
    }
    return read;
}

} // namespace rollcall::revoke
