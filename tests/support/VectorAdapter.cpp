#include "tests/support/VectorAdapter.h"

#include "tests/support/Vectors.h"

namespace rollcall::test {

using engine::SessionAndUser;
using jose::JsonValue;

namespace {

const JsonValue *findRow(const JsonValue &db, QStringView table, QStringView column, const QString &value)
{
    const JsonValue *rows = db.find(table);
    if (!rows || !rows->array())
        return nullptr;
    for (const JsonValue &row : *rows->array()) {
        if (textOf(row, column) == value)
            return &row;
    }
    return nullptr;
}

} // namespace

base::Status VectorAdapter::note(const QString &method, JsonValue argument)
{
    JsonValue::Array call;
    call.emplace_back(method);
    call.push_back(std::move(argument));
    m_calls.emplace_back(std::move(call));
    if (textOf(m_db, u"fail") == method)
        return base::fail(base::Error(base::ErrorCode::DatabaseUnavailable));
    return {};
}

base::Result<std::optional<SessionAndUser>> VectorAdapter::getSessionAndUser(QByteArrayView token, const base::Call &)
{
    const QString text = QString::fromUtf8(token);
    if (const auto status = note(QStringLiteral("getSessionAndUser"), JsonValue(text)); !status)
        return base::fail(status.error());
    const JsonValue *session = findRow(m_db, u"sessions", u"sessionToken", text);
    if (!session)
        return std::optional<SessionAndUser>();
    SessionAndUser row;
    row.session = *session;
    const JsonValue *expires = session->find(u"expires");
    if (expires && expires->number()) {
        row.expires = base::Instant(std::chrono::milliseconds(static_cast<qint64>(*expires->number() * 1000)));
        row.session.set(QStringLiteral("expires"), JsonValue(base::toIso(row.expires)));
    } else {
        row.expiresKind = engine::ExpiresKind::Other;
    }
    const JsonValue *user = findRow(m_db, u"users", u"id", textOf(*session, u"userId"));
    row.orphan = !user;
    if (user)
        row.user = *user;
    return std::optional(std::move(row));
}

base::Result<std::vector<std::optional<SessionAndUser>>>
VectorAdapter::getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &call)
{
    std::vector<std::optional<SessionAndUser>> rows;
    for (const QByteArrayView token : tokens) {
        auto row = getSessionAndUser(token, call);
        if (!row)
            return base::fail(std::move(row.error()));
        rows.push_back(std::move(*row));
    }
    return rows;
}

base::Status VectorAdapter::updateSession(QByteArrayView token, base::Instant expires, const base::Call &)
{
    JsonValue argument{JsonValue::Object()};
    argument.set(QStringLiteral("sessionToken"), JsonValue(QString::fromUtf8(token)));
    argument.set(QStringLiteral("expires"), JsonValue(base::toIso(expires)));
    return note(QStringLiteral("updateSession"), std::move(argument));
}

base::Status VectorAdapter::deleteSession(QByteArrayView token, base::Instant, const base::Call &)
{
    return note(QStringLiteral("deleteSession"), JsonValue(QString::fromUtf8(token)));
}

} // namespace rollcall::test
