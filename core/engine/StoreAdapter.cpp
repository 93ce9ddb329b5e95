#include "core/engine/Adapter.h"
#include "core/jose/Utf8.h"

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
    add(session, QStringLiteral("sessionToken"), true, JsonValue(jose::utf8Whole(token)));
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

/// What the libraries call a column; empty where it bears its own name.
QString libraryName(store::ColumnRole role)
{
    using store::ColumnRole;
    switch (role) {
    case ColumnRole::Id:
        return QStringLiteral("id");
    case ColumnRole::Token:
        return QStringLiteral("sessionToken");
    case ColumnRole::UserId:
        return QStringLiteral("userId");
    case ColumnRole::Expires:
        return QStringLiteral("expires");
    case ColumnRole::Name:
        return QStringLiteral("name");
    case ColumnRole::Email:
        return QStringLiteral("email");
    case ColumnRole::EmailVerified:
        return QStringLiteral("emailVerified");
    case ColumnRole::Image:
        return QStringLiteral("image");
    case ColumnRole::Other:
    case ColumnRole::CreatedAt:
    case ColumnRole::UpdatedAt:
    case ColumnRole::IpAddress:
    case ColumnRole::UserAgent:
        break;
    }
    return {};
}

JsonValue objectOf(const std::vector<store::Cell> &cells)
{
    JsonValue object{JsonValue::Object()};
    for (const store::Cell &cell : cells) {
        const QString name = libraryName(cell.role);
        object.set(name.isEmpty() ? cell.column : name, cell.value);
    }
    return object;
}

SessionAndUser fromWholeRow(const store::WholeRow &whole, QByteArrayView token)
{
    SessionAndUser result = fromRow(whole.row, token);
    result.session = objectOf(whole.session);
    result.user = objectOf(whole.user);
    return result;
}

class StoreAdapter final : public Adapter
{
public:
    StoreAdapter(store::SessionStore &store, RowDetail detail) : m_store(store), m_detail(detail) {}
    StoreAdapter(std::unique_ptr<store::SessionStore> store, RowDetail detail)
        : m_owned(std::move(store)), m_store(*m_owned), m_detail(detail)
    {}

    base::Result<std::optional<SessionAndUser>> getSessionAndUser(QByteArrayView token, const base::Call &call) override
    {
        if (m_detail == RowDetail::Whole) {
            auto rows = getSessionsAndUsers({&token, 1}, call);
            if (!rows)
                return base::fail(std::move(rows.error()));
            return std::move(rows->front());
        }
        const auto row = m_store.lookup(token, call);
        if (!row)
            return base::fail(row.error());
        return *row ? std::optional(fromRow(**row, token)) : std::nullopt;
    }
    base::Result<std::vector<std::optional<SessionAndUser>>> getSessionsAndUsers(std::span<const QByteArrayView> tokens,
                                                                                 const base::Call &call) override
    {
        if (m_detail == RowDetail::Whole)
            return convert(m_store.wholeRows(tokens, call), tokens, fromWholeRow);
        return convert(m_store.lookupMany(tokens, call), tokens, fromRow);
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
    template <typename Row>
    static base::Result<std::vector<std::optional<SessionAndUser>>>
    convert(const base::Result<std::vector<std::optional<Row>>> &found, std::span<const QByteArrayView> tokens,
            SessionAndUser (*convertOne)(const Row &, QByteArrayView))
    {
        if (!found)
            return base::fail(found.error());
        std::vector<std::optional<SessionAndUser>> rows;
        rows.reserve(tokens.size());
        for (std::size_t i = 0; i < found->size(); ++i) {
            const auto &row = found->at(i);
            rows.push_back(row ? std::optional(convertOne(*row, tokens[i])) : std::nullopt);
        }
        return rows;
    }

    std::unique_ptr<store::SessionStore> m_owned; ///< null where the store is borrowed
    store::SessionStore &m_store;
    RowDetail m_detail;
};

} // namespace

std::unique_ptr<Adapter> makeStoreAdapter(store::SessionStore &store, RowDetail detail)
{
    return std::make_unique<StoreAdapter>(store, detail);
}

std::unique_ptr<Adapter> makeStoreAdapter(std::unique_ptr<store::SessionStore> store, RowDetail detail)
{
    return std::make_unique<StoreAdapter>(std::move(store), detail);
}

} // namespace rollcall::engine
