#pragma once

#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::engine::betterauth {

/// Rows that are read, and only seem to be written: the effects policy `observe`. **Thread-safety:** as SessionRows.
class ObservedRows final : public SessionRows
{
public:
    /// @p rows is borrowed.
    explicit ObservedRows(SessionRows &rows) : m_rows(rows) {}

    [[nodiscard]] base::Result<std::optional<SessionAndUser>> find(QByteArrayView token,
                                                                   const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<std::optional<SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    /// The row as it would be.
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;

private:
    SessionRows &m_rows;
};

/// Secondary storage that is read, and only seems to be written. **Thread-safety:** as SecondaryStorage.
class ObservedStorage final : public SecondaryStorage
{
public:
    /// @p storage is borrowed.
    explicit ObservedStorage(SecondaryStorage &storage) : m_storage(storage) {}

    [[nodiscard]] base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) override;
    [[nodiscard]] base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                   const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &key, const base::Call &call) override;

private:
    SecondaryStorage &m_storage;
};

/// A row of the session table with the columns that a renewal sets.
[[nodiscard]] jose::JsonValue renewedRow(jose::JsonValue row, base::Instant expiresAt, base::Instant updatedAt);

} // namespace rollcall::engine::betterauth
