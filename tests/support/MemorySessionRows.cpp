#include "tests/support/MemorySessionRows.h"

#include <algorithm>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/Observing.h"

namespace rollcall::test {

namespace {

using base::Call;
using base::Instant;
using base::Result;
using base::Status;
using engine::betterauth::SessionAndUser;
using jose::JsonValue;

/// Whether two values are the same as `===` has it, objects aside.
bool isSame(const JsonValue *a, const JsonValue *b)
{
    return a && b && !a->object() && !a->array() && jose::printJson(*a) == jose::printJson(*b);
}

bool has(const JsonValue &row, QStringView column, const QString &value)
{
    const JsonValue wanted(value);
    return isSame(row.find(column), &wanted);
}

bool lives(const JsonValue &row, Instant at)
{
    const JsonValue *expiresAt = row.find(u"expiresAt");
    return expiresAt && engine::betterauth::toDate(expiresAt) > engine::betterauth::milliseconds(at);
}

} // namespace

JsonValue::Array MemorySessionRows::sessions() const
{
    JsonValue::Array rows = m_sessions;
    for (JsonValue &row : rows) {
        for (const QString &column :
             {QStringLiteral("createdAt"), QStringLiteral("updatedAt"), QStringLiteral("expiresAt")}) {
            if (const JsonValue *value = row.find(column); value && value->string())
                row.set(column, engine::betterauth::dateJson(engine::betterauth::toDate(value)));
        }
    }
    return rows;
}

Status MemorySessionRows::check() const
{
    return m_broken ? base::fail(base::Error(base::ErrorCode::DatabaseUnavailable)) : Status();
}

Result<std::optional<SessionAndUser>> MemorySessionRows::find(QByteArrayView token, const Call &)
{
    if (const auto able = check(); !able)
        return base::fail(able.error());
    ++m_lookups;
    return rowOf(token);
}

Result<std::vector<std::optional<SessionAndUser>>> MemorySessionRows::findMany(std::span<const QByteArrayView> tokens,
                                                                               const Call &)
{
    if (const auto able = check(); !able)
        return base::fail(able.error());
    ++m_lookups;
    std::vector<std::optional<SessionAndUser>> found;
    for (const QByteArrayView token : tokens)
        found.push_back(rowOf(token));
    return found;
}

std::optional<SessionAndUser> MemorySessionRows::rowOf(QByteArrayView token) const
{
    for (const JsonValue &row : m_sessions) {
        if (!has(row, u"token", QString::fromUtf8(token)))
            continue;
        SessionAndUser found{row, std::nullopt};
        const auto user = std::ranges::find_if(
            m_users, [&row](const JsonValue &candidate) { return isSame(candidate.find(u"id"), row.find(u"userId")); });
        if (user != m_users.end())
            found.user = *user;
        return found;
    }
    return std::nullopt;
}

Result<std::optional<JsonValue>> MemorySessionRows::renew(QByteArrayView token, Instant expiresAt, Instant updatedAt,
                                                          const Call &)
{
    if (const auto able = check(); !able)
        return base::fail(able.error());
    if (m_losesOnRenewal)
        removeWhere(u"token", QString::fromUtf8(token));
    for (JsonValue &row : m_sessions) {
        if (has(row, u"token", QString::fromUtf8(token))) {
            row = engine::betterauth::renewedRow(row, expiresAt, updatedAt);
            return row;
        }
    }
    return std::nullopt;
}

void MemorySessionRows::removeWhere(QStringView column, const QString &value)
{
    std::erase_if(m_sessions, [&](const JsonValue &row) { return has(row, column, value); });
}

void MemorySessionRows::endWhere(QStringView column, const QString &value, Instant now)
{
    for (JsonValue &row : m_sessions) {
        if (has(row, column, value) && lives(row, now))
            row = engine::betterauth::renewedRow(row, now, now);
    }
}

Status MemorySessionRows::remove(QByteArrayView token, const Call &)
{
    removeWhere(u"token", QString::fromUtf8(token));
    return check();
}

Status MemorySessionRows::end(QByteArrayView token, Instant now, const Call &)
{
    endWhere(u"token", QString::fromUtf8(token), now);
    return check();
}

Result<std::vector<JsonValue>> MemorySessionRows::ofUser(const QString &userId, std::optional<Instant> liveAt,
                                                         int limit, const Call &)
{
    if (const auto able = check(); !able)
        return base::fail(able.error());
    std::vector<JsonValue> rows;
    for (const JsonValue &row : m_sessions) {
        if (has(row, u"userId", userId) && (!liveAt || lives(row, *liveAt)) && std::ssize(rows) < limit)
            rows.push_back(row);
    }
    return rows;
}

Status MemorySessionRows::removeOfUser(const QString &userId, const Call &)
{
    removeWhere(u"userId", userId);
    return check();
}

Status MemorySessionRows::endOfUser(const QString &userId, Instant now, const Call &)
{
    endWhere(u"userId", userId, now);
    return check();
}

MemoryStorage::MemoryStorage(const JsonValue &entries)
{
    for (const JsonValue::Member &member : engine::betterauth::membersOf(entries))
        m_entries.emplace_back(member.name, engine::betterauth::textOf(&member.value));
}

void MemoryStorage::note(const char *operation, const QString &key)
{
    m_operations.emplace_back(JsonValue::Array{JsonValue(QString::fromLatin1(operation)), JsonValue(key)});
}

Result<std::optional<QString>> MemoryStorage::get(const QString &key, const Call &)
{
    note("get", key);
    const auto found = std::ranges::find(m_entries, key, &std::pair<QString, QString>::first);
    return found == m_entries.end() ? std::nullopt : std::optional(found->second);
}

Status MemoryStorage::set(const QString &key, const QString &text, std::chrono::seconds ttl, const Call &)
{
    m_operations.emplace_back(JsonValue::Array{JsonValue(QStringLiteral("set")), JsonValue(key), JsonValue(text),
                                               JsonValue(static_cast<double>(ttl.count()))});
    std::erase_if(m_entries, [&key](const auto &entry) { return entry.first == key; });
    m_entries.emplace_back(key, text);
    return {};
}

Status MemoryStorage::remove(const QString &key, const Call &)
{
    note("delete", key);
    std::erase_if(m_entries, [&key](const auto &entry) { return entry.first == key; });
    return {};
}

} // namespace rollcall::test
