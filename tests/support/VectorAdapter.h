#pragma once

#include "core/engine/Adapter.h"

namespace rollcall::test {

/// The database of a test vector (`db`): rows in memory, calls noted in the vectors' words, one method that may fail.
/// Takes a row's `expires` for epoch seconds and shows it as a Date; what is no number stays what it is.
/// **Thread-safety:** one object, one thread.
class VectorAdapter final : public engine::Adapter
{
public:
    /// @p db: `{users, sessions, fail?}` of a vector; must outlive the adapter.
    explicit VectorAdapter(const jose::JsonValue &db) : m_db(db) {}

    /// `[[method, argument], …]` as the vectors have it.
    [[nodiscard]] jose::JsonValue calls() const { return jose::JsonValue(m_calls); }

    [[nodiscard]] base::Result<std::optional<engine::SessionAndUser>>
    getSessionAndUser(QByteArrayView token, const base::Call &call) override;
    [[nodiscard]] base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    [[nodiscard]] base::Status updateSession(QByteArrayView token, base::Instant expires,
                                             const base::Call &call) override;
    [[nodiscard]] base::Status deleteSession(QByteArrayView token, base::Instant now, const base::Call &call) override;

private:
    base::Status note(const QString &method, jose::JsonValue argument);

    const jose::JsonValue &m_db;
    jose::JsonValue::Array m_calls;
};

} // namespace rollcall::test
