#pragma once

#include "core/engine/Adapter.h"
#include "tests/differential/Json.h"

namespace rollcall::differential {

/// The rows of a request, as node/adapter.mjs has them. **Thread-safety:** one thread.
class RowsAdapter final : public engine::Adapter
{
public:
    /// @p db: the request's member.
    explicit RowsAdapter(const JsonValue &db) : m_db(db) {}

    /// What was asked, as the oracle notes it: [[method, argument], …].
    [[nodiscard]] const JsonValue::Array &calls() const { return m_calls; }

    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView token,
                                                                          const base::Call &call) override;
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &call) override;
    base::Status updateSession(QByteArrayView token, base::Instant expires, const base::Call &call) override;
    base::Status deleteSession(QByteArrayView token, base::Instant now, const base::Call &call) override;

private:
    [[nodiscard]] base::Status note(const char *method, JsonValue argument);

    const JsonValue &m_db;
    JsonValue::Array m_calls;
};

} // namespace rollcall::differential
