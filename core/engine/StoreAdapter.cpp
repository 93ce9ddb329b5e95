#include "core/engine/Adapter.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

JsonValue textOrNull(const std::optional<QString> &text)
{
    return text ? JsonValue(*text) : JsonValue();
}

SessionAndUser fromRow(const store::SessionRow &row, QByteArrayView token)
{
    SessionAndUser result;
    result.orphan = !row.hasUser;
    result.expiresKind = row.expires ? ExpiresKind::Date : ExpiresKind::InvalidDate;
    result.expires = row.expires.value_or(base::Instant());
    JsonValue::Object session;
    if (row.sessionId)
        session.push_back({QStringLiteral("id"), JsonValue(*row.sessionId)});
    session.push_back({QStringLiteral("sessionToken"), JsonValue(QString::fromUtf8(token))});
    session.push_back({QStringLiteral("userId"), textOrNull(row.userId)});
    session.push_back({QStringLiteral("expires"), row.expires ? JsonValue(base::toIso(*row.expires)) : JsonValue()});
    result.session = JsonValue(std::move(session));
    JsonValue::Object user;
    user.push_back({QStringLiteral("id"), textOrNull(row.userId)});
    user.push_back({QStringLiteral("name"), textOrNull(row.userName)});
    user.push_back({QStringLiteral("email"), textOrNull(row.userEmail)});
    user.push_back({QStringLiteral("image"), textOrNull(row.userImage)});
    result.user = JsonValue(std::move(user));
    return result;
}

class StoreAdapter final : public Adapter
{
public:
    explicit StoreAdapter(store::SessionStore &store) : m_store(store) {}

    base::Result<std::optional<SessionAndUser>> getSessionAndUser(QByteArrayView token, const base::Call &call) override
    {
        const auto row = m_store.lookup(token, call);
        if (!row)
            return base::fail(row.error());
        return *row ? std::optional(fromRow(**row, token)) : std::nullopt;
    }
    base::Result<std::vector<std::optional<SessionAndUser>>> getSessionsAndUsers(std::span<const QByteArrayView> tokens,
                                                                                 const base::Call &call) override
    {
        std::vector<std::optional<SessionAndUser>> rows;
        rows.reserve(tokens.size());
        for (const QByteArrayView token : tokens) {
            auto row = getSessionAndUser(token, call);
            if (!row)
                return base::fail(std::move(row.error()));
            rows.push_back(std::move(*row));
        }
        return rows;
    }
    base::Status updateSession(QByteArrayView token, base::Instant expires, const base::Call &call) override
    {
        return m_store.extend(token, expires, call);
    }
    base::Status deleteSession(QByteArrayView token, base::Instant now, const base::Call &call) override
    {
        return m_store.deleteExpired(token, now, call);
    }

private:
    store::SessionStore &m_store;
};

} // namespace

std::unique_ptr<Adapter> makeStoreAdapter(store::SessionStore &store)
{
    return std::make_unique<StoreAdapter>(store);
}

} // namespace rollcall::engine
