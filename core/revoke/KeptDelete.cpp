#include "core/revoke/KeptDelete.h"

#include "core/base/ErrorText.h"

namespace rollcall::revoke {

using base::Call;
using base::ErrorCode;

base::Status KeptDelete::prepare(const OperationHead &head, base::Instant now, const Call &call)
{
    destroyOldUndos(m_folder, now);
    if (m_window.count() <= 0)
        return {};
    store::KeptRows *rows = m_store.keptRows();
    if (!rows) {
        m_whyNot = QStringLiteral("whole sessions of this kind of store are not kept");
        return {};
    }
    if (const auto can = rows->canKeep(call); !can) {
        if (can.error().code != ErrorCode::PermissionDenied)
            return can;
        const base::ErrorText text = base::describe(can.error());
        m_whyNot = text.message + QLatin1Char(' ') + text.remedy;
        return {};
    }
    auto record =
        UndoRecord::open(m_folder, {head.id, head.connection, head.database, head.planDigest, now + m_window}, m_seal);
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
        for (store::KeptRow &row : kept)
            row.place = rows[row.place]; // in the plan
        return m_record->keep(kept);
    };
    return m_store.keptRows()->deleteRows(keys, keep, call);
}

base::Status KeptDelete::dropRecord()
{
    if (!m_record)
        return {};
    const QString id = m_record->head().id;
    m_record.reset();
    return destroyUndo(m_folder, id);
}

} // namespace rollcall::revoke
