#include "core/revoke/KeptDelete.h"

#include <algorithm>

#include "core/base/ErrorText.h"

namespace rollcall::revoke {

using base::Call;
using base::ErrorCode;

base::Status KeptDelete::prepare(const OperationHead &head, base::Instant now, const Call &call)
{
    destroyOldUndos(m_operations, now);
    if (m_window.count() <= 0)
        return {};
    store::KeptRows *rows = m_store.keptRows();
    if (!rows) {
        m_whyNot = QStringLiteral("whole sessions of this kind of store are not kept");
        return {};
    }
    if (const auto can = rows->canKeep(call); !can) {
        if (can.error().code ==
            ErrorCode::WriteRefused) { // of these tables: its remedy would be that of another refusal
            m_whyNot = can.error().param(base::ErrorParam::Detail);
            return {};
        }
        if (can.error().code != ErrorCode::PermissionDenied)
            return can;
        const base::ErrorText text = base::describe(can.error());
        m_whyNot = text.message + QLatin1Char(' ') + text.remedy;
        return {};
    }
    auto record = UndoRecord::open(undoBeside(m_operations),
                                   {head.id, head.connection, head.database, head.planDigest, now + m_window},
                                   m_store.deleteStatement(), m_seal);
    if (!record)
        return base::fail(record.error());
    m_record.emplace(std::move(*record));
    return {};
}

std::optional<base::Instant> KeptDelete::keptUntil() const
{
    return m_record ? std::optional(m_record->head().keptUntil) : std::nullopt;
}

base::Result<std::vector<store::DeleteOutcome>>
KeptDelete::deleteRows(std::span<const std::size_t> rows, std::span<const store::RowKey> keys, const Call &call)
{
    if (!m_record)
        return m_store.deleteRows(keys, call);
    const auto keep = [&](std::span<store::KeptRow> kept) {
        std::unordered_set<std::size_t> others(rows.begin(), rows.end());
        for (store::KeptRow &row : kept) {
            row.place = rows[row.place]; // in the plan
            others.erase(row.place);
        }
        return m_record->keep(kept, std::vector(others.begin(), others.end()));
    };
    auto outcomes = m_store.keptRows()->deleteRows(keys, keep, call);
    if (!outcomes)
        return outcomes;
    // Where no row was deleted, nobody has asked to keep any.
    const bool isNoneDeleted = std::ranges::count(*outcomes, store::DeleteOutcome::Deleted) == 0;
    if (const auto noted = isNoneDeleted ? m_record->keep({}, rows) : base::Status(); !noted)
        return base::fail(noted.error());
    return outcomes;
}

base::Status KeptDelete::takeBack(std::span<const std::size_t> rows)
{
    return m_record ? m_record->keep({}, rows) : base::Status();
}

base::Status KeptDelete::beginWindow(base::Instant now)
{
    return m_record ? m_record->keepUntil(now + m_window) : base::Status();
}

base::Status KeptDelete::dropRecord()
{
    if (!m_record)
        return {};
    const QString id = m_record->head().id;
    m_record.reset();
    return destroyUndo(undoBeside(m_operations), id);
}

} // namespace rollcall::revoke
