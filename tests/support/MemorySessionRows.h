#pragma once

#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::test {

/// Rows in memory, as Better Auth's memory adapter keeps them: found by plain equality, dates as dates.
/// **Thread-safety:** one object, one thread.
class MemorySessionRows final : public engine::betterauth::UserSessionRows
{
public:
    /// Rows as objects of columns; `createdAt`, `updatedAt` and `expiresAt` are dates.
    MemorySessionRows(jose::JsonValue::Array sessions, jose::JsonValue::Array users)
        : m_sessions(std::move(sessions)), m_users(std::move(users))
    {}

    [[nodiscard]] base::Result<std::optional<engine::betterauth::SessionAndUser>> find(QByteArrayView token,
                                                                                       const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<std::optional<engine::betterauth::SessionAndUser>>>
    findMany(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    [[nodiscard]] base::Result<std::optional<jose::JsonValue>>
    renew(QByteArrayView token, base::Instant expiresAt, base::Instant updatedAt, const base::Call &call) override;
    [[nodiscard]] base::Status remove(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Status end(QByteArrayView token, base::Instant now, const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<jose::JsonValue>>
    ofUser(const QString &userId, std::optional<base::Instant> liveAt, int limit, const base::Call &call) override;
    [[nodiscard]] base::Status removeOfUser(const QString &userId, const base::Call &call) override;
    [[nodiscard]] base::Status endOfUser(const QString &userId, base::Instant now, const base::Call &call) override;

    /// The session rows as they are now, dates as JSON.stringify writes them.
    [[nodiscard]] jose::JsonValue::Array sessions() const;

    /// How often rows were asked for, several together counting once.
    [[nodiscard]] int lookups() const { return m_lookups; }

    /// From now on every function fails.
    void breakDown() { m_broken = true; }
    /// The session is gone by the time it is renewed.
    void loseOnRenewal() { m_losesOnRenewal = true; }

private:
    [[nodiscard]] base::Status check() const;
    [[nodiscard]] std::optional<engine::betterauth::SessionAndUser> rowOf(QByteArrayView token) const;
    void endWhere(QStringView column, const QString &value, base::Instant now);
    void removeWhere(QStringView column, const QString &value);

    jose::JsonValue::Array m_sessions;
    jose::JsonValue::Array m_users;
    int m_lookups = 0;
    bool m_broken = false;
    bool m_losesOnRenewal = false;
};

/// Secondary storage in memory that notes each access, as Better Auth's vectors list them. **Thread-safety:** one
/// object, one thread.
class MemoryStorage final : public engine::betterauth::SecondaryStorage
{
public:
    /// @p entries: an object of key and text.
    explicit MemoryStorage(const jose::JsonValue &entries);

    [[nodiscard]] base::Result<std::optional<QString>> get(const QString &key, const base::Call &call) override;
    [[nodiscard]] base::Status set(const QString &key, const QString &text, std::chrono::seconds ttl,
                                   const base::Call &call) override;
    [[nodiscard]] base::Status remove(const QString &key, const base::Call &call) override;

    /// `[["get", key], ["set", key, text, seconds], ["delete", key], …]`.
    [[nodiscard]] const jose::JsonValue::Array &operations() const { return m_operations; }

private:
    void note(const char *operation, const QString &key);

    std::vector<std::pair<QString, QString>> m_entries;
    jose::JsonValue::Array m_operations;
};

} // namespace rollcall::test
