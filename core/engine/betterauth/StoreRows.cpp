#include "core/engine/betterauth/StoreRows.h"

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/Observing.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Call;
using base::fail;
using base::Instant;
using base::Result;
using base::Status;
using jose::JsonValue;

using store::ColumnRole;

/// What Better Auth calls a column; empty where it bears its own name, as additional fields do.
QString libraryName(ColumnRole role)
{
    switch (role) {
    case ColumnRole::Id:
        return QStringLiteral("id");
    case ColumnRole::Token:
        return QStringLiteral("token");
    case ColumnRole::UserId:
        return QStringLiteral("userId");
    case ColumnRole::Expires:
        return QStringLiteral("expiresAt");
    case ColumnRole::Name:
        return QStringLiteral("name");
    case ColumnRole::Email:
        return QStringLiteral("email");
    case ColumnRole::EmailVerified:
        return QStringLiteral("emailVerified");
    case ColumnRole::Image:
        return QStringLiteral("image");
    case ColumnRole::CreatedAt:
        return QStringLiteral("createdAt");
    case ColumnRole::UpdatedAt:
        return QStringLiteral("updatedAt");
    case ColumnRole::IpAddress:
        return QStringLiteral("ipAddress");
    case ColumnRole::UserAgent:
        return QStringLiteral("userAgent");
    case ColumnRole::Other:
        break;
    }
    return {};
}

/// SQLite keeps booleans as numbers; the library's adapters turn those of its own columns back.
JsonValue valueOf(const store::Cell &cell)
{
    const double *number = cell.role == ColumnRole::EmailVerified ? cell.value.number() : nullptr;
    return number ? JsonValue(*number != 0) : cell.value;
}

JsonValue objectOf(const std::vector<store::Cell> &cells)
{
    JsonValue object{JsonValue::Object()};
    for (const store::Cell &cell : cells) {
        const QString name = libraryName(cell.role);
        object.set(name.isEmpty() ? cell.column : name, valueOf(cell));
    }
    return object;
}

SessionAndUser rowOf(const store::WholeRow &whole)
{
    SessionAndUser found;
    found.session = objectOf(whole.session);
    // An end that cannot be read is what the library's adapter would make an Invalid Date of.
    found.session.set(QStringLiteral("expiresAt"), whole.row.expires ? dateJson(milliseconds(*whole.row.expires))
                                                                     : JsonValue(QStringLiteral("unreadable")));
    if (whole.row.hasUser)
        found.user = objectOf(whole.user);
    return found;
}

base::Error unconnected(const QString &what = QStringLiteral("no database is connected"))
{
    return base::Error(base::ErrorCode::Unconfigured).with(base::ErrorParam::Detail, what);
}

base::Error unconnectedStorage()
{
    return unconnected(QStringLiteral("no secondary storage is connected"));
}

} // namespace

Result<std::optional<SessionAndUser>> StoreRows::find(QByteArrayView token, const Call &call)
{
    auto rows = findMany({&token, 1}, call);
    if (!rows)
        return fail(std::move(rows.error()));
    return std::move(rows->front());
}

Result<std::vector<std::optional<SessionAndUser>>> StoreRows::findMany(std::span<const QByteArrayView> tokens,
                                                                       const Call &call)
{
    const auto found = m_store.wholeRows(tokens, call);
    if (!found)
        return fail(found.error());
    std::vector<std::optional<SessionAndUser>> rows;
    rows.reserve(found->size());
    for (const auto &row : *found)
        rows.push_back(row ? std::optional(rowOf(*row)) : std::nullopt);
    return rows;
}

Result<std::optional<JsonValue>> StoreRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                  const Call &call)
{
    if (const auto extended = m_store.extend(token, expiresAt, call); !extended)
        return fail(extended.error());
    auto row = find(token, call);
    if (!row)
        return fail(row.error());
    return *row ? std::optional(renewedRow(std::move((*row)->session), expiresAt, updatedAt)) : std::nullopt;
}

Status StoreRows::remove(QByteArrayView token, const Call &call)
{
    return m_store.deleteExpired(token, m_clock.now(), call);
}

Status StoreRows::end(QByteArrayView token, Instant now, const Call &call)
{
    return m_store.extend(token, now, call);
}

Result<std::optional<SessionAndUser>> UnconnectedRows::find(QByteArrayView, const Call &)
{
    return fail(unconnected());
}

Result<std::vector<std::optional<SessionAndUser>>> UnconnectedRows::findMany(std::span<const QByteArrayView>,
                                                                             const Call &)
{
    return fail(unconnected());
}

Result<std::optional<JsonValue>> UnconnectedRows::renew(QByteArrayView, Instant, Instant, const Call &)
{
    return fail(unconnected());
}

Status UnconnectedRows::remove(QByteArrayView, const Call &)
{
    return fail(unconnected());
}

Status UnconnectedRows::end(QByteArrayView, Instant, const Call &)
{
    return fail(unconnected());
}

Result<std::optional<QString>> UnconnectedStorage::get(const QString &, const Call &)
{
    return fail(unconnectedStorage());
}

Status UnconnectedStorage::set(const QString &, const QString &, std::chrono::seconds, const Call &)
{
    return fail(unconnectedStorage());
}

Status UnconnectedStorage::remove(const QString &, const Call &)
{
    return fail(unconnectedStorage());
}

} // namespace rollcall::engine::betterauth
