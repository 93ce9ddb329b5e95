#include "tests/differential/RowsAdapter.h"

#include <algorithm>

namespace rollcall::differential {

namespace {

const JsonValue *rowWith(const JsonValue::Array &rows, QStringView column, const JsonValue *value)
{
    const auto found = std::ranges::find_if(rows, [&](const JsonValue &row) {
        const JsonValue *held = row.find(column);
        return held && value && held->string() && value->string() && *held->string() == *value->string();
    });
    return found == rows.end() ? nullptr : &*found;
}

} // namespace

base::Status RowsAdapter::note(const char *method, JsonValue argument)
{
    m_calls.push_back(list({text(QString::fromLatin1(method)), std::move(argument)}));
    if (textOf(m_db, u"fail") == QLatin1StringView(method))
        return base::fail(base::Error(base::ErrorCode::DatabaseUnavailable));
    return {};
}

base::Result<std::optional<engine::SessionAndUser>> RowsAdapter::getSessionAndUser(QByteArrayView token,
                                                                                   const base::Call &)
{
    const JsonValue key = text(QString::fromUtf8(token));
    if (const auto noted = note("getSessionAndUser", key); !noted)
        return base::fail(noted.error());
    const JsonValue *session = rowWith(listOf(m_db, u"sessions"), u"sessionToken", &key);
    const JsonValue *user = session ? rowWith(listOf(m_db, u"users"), u"id", session->find(u"userId")) : nullptr;
    if (!session)
        return std::nullopt;
    engine::SessionAndUser row;
    row.session = *session;
    row.orphan = !user;
    row.user = user ? *user : JsonValue();
    row.expiresKind = engine::ExpiresKind::Other;
    const JsonValue *expires = session->find(u"expires");
    if (expires && expires->number()) {
        row.expiresKind = engine::ExpiresKind::Date;
        row.expires = base::Instant(std::chrono::milliseconds(static_cast<qint64>(*expires->number())));
        row.session.set(QStringLiteral("expires"), text(base::toIso(row.expires)));
    }
    return row;
}

base::Result<std::vector<std::optional<engine::SessionAndUser>>>
RowsAdapter::getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &call)
{
    std::vector<std::optional<engine::SessionAndUser>> rows;
    for (const QByteArrayView token : tokens) {
        auto row = getSessionAndUser(token, call);
        if (!row)
            return base::fail(row.error());
        rows.push_back(std::move(*row));
    }
    return rows;
}

base::Status RowsAdapter::updateSession(QByteArrayView token, base::Instant expires, const base::Call &)
{
    return note("updateSession",
                object({{"sessionToken", text(QString::fromUtf8(token))}, {"expires", text(base::toIso(expires))}}));
}

base::Status RowsAdapter::deleteSession(QByteArrayView token, base::Instant, const base::Call &)
{
    return note("deleteSession", text(QString::fromUtf8(token)));
}

} // namespace rollcall::differential
