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
    const auto add = [](JsonValue::Object &object, const QString &name, bool exists, JsonValue value) {
        if (exists)
            object.push_back({name, std::move(value)});
    };
    add(session, QStringLiteral("id"), row.columns.sessionId, textOrNull(row.sessionId));
    add(session, QStringLiteral("sessionToken"), true, JsonValue(QString::fromUtf8(token)));
    add(session, QStringLiteral("userId"), true, textOrNull(row.userId));
    add(session, QStringLiteral("expires"), true, row.expires ? JsonValue(base::toIso(*row.expires)) : JsonValue());
    result.session = JsonValue(std::move(session));
    JsonValue::Object user;
    add(user, QStringLiteral("id"), true, textOrNull(row.userId));
    add(user, QStringLiteral("name"), row.columns.userName, textOrNull(row.userName));
    add(user, QStringLiteral("email"), row.columns.userEmail, textOrNull(row.userEmail));
    add(user, QStringLiteral("image"), row.columns.userImage, textOrNull(row.userImage));
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
        const auto found = m_store.lookupMany(tokens, call);
        if (!found)
            return base::fail(found.error());
        std::vector<std::optional<SessionAndUser>> rows;
        rows.reserve(tokens.size());
        for (std::size_t i = 0; i < found->size(); ++i) {
            const auto &row = found->at(i);
            rows.push_back(row ? std::optional(fromRow(*row, tokens[i])) : std::nullopt);
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
