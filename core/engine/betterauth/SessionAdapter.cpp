#include "core/engine/betterauth/SessionAdapter.h"

#include <deque>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/StoredRemoval.h"

namespace rollcall::engine::betterauth {

namespace {

using base::Call;
using base::fail;
using base::Result;
using base::Status;
using jose::JsonValue;

bool isFalsy(const JsonValue &value)
{
    return value.isNull() || (value.boolean() && !*value.boolean()) || (value.number() && *value.number() == 0) ||
           (value.string() && value.string()->isEmpty());
}

/// The stored text as a value that JavaScript takes for true; nullopt where it is none.
std::optional<JsonValue> readStored(const QString &text)
{
    auto parsed = parseReviving(text);
    return parsed && !isFalsy(*parsed) ? std::move(parsed) : std::nullopt;
}

/// The member @p name as an object to spread; an Error where reading a member of it would throw.
Result<JsonValue> part(const JsonValue &stored, QStringView name)
{
    const JsonValue *value = stored.find(name);
    if (!value || value->isNull())
        return fail(libraryThrows(QStringLiteral("secondary storage holds an entry without \"%1\"").arg(name)));
    return value->object() ? *value : JsonValue(JsonValue::Object());
}

} // namespace

Result<Lookup> SessionAdapter::find(const QString &token, const Call &call)
{
    if (m_storage) {
        const auto text = m_storage->get(token, call);
        if (!text)
            return fail(text.error());
        if (*text && !(*text)->isEmpty()) {
            const auto stored = readStored(**text);
            if (!stored)
                return Lookup{std::nullopt, Missing::Storage};
            const auto session = part(*stored, u"session");
            const auto user = session ? part(*stored, u"user") : session;
            if (!user)
                return fail(user.error());
            const double expiresAt = toDate(session->find(u"expiresAt"));
            JsonValue shown = withDates(*session, {u"expiresAt", u"createdAt", u"updatedAt"});
            return Lookup{
                FoundSession{{withoutHidden(shown, m_config.sessionFields), expiresAt},
                             withoutHidden(withDates(*user, {u"createdAt", u"updatedAt"}), m_config.userFields)}};
        }
        if (!m_config.storeSessionInDatabase || m_config.preserveSessionInDatabase)
            return Lookup{std::nullopt, Missing::Storage};
    }
    const auto row = m_rows.find(token.toUtf8(), call);
    if (!row)
        return fail(row.error());
    if (!*row)
        return Lookup{std::nullopt, Missing::Row};
    if (!(*row)->user)
        return Lookup{std::nullopt, Missing::User};
    return Lookup{FoundSession{outputSession(m_config, (*row)->session), outputUser(m_config, *(*row)->user)}};
}

Result<std::optional<OutputSession>> SessionAdapter::renewStored(const QString &token, double expiresAt,
                                                                 const Call &call)
{
    const auto text = m_storage->get(token, call);
    if (!text)
        return fail(text.error());
    const auto stored = *text && !(*text)->isEmpty() ? readStored(**text) : std::nullopt;
    if (!stored)
        return std::nullopt;
    const auto session = part(*stored, u"session");
    if (!session)
        return fail(session.error());
    JsonValue merged = *session;
    merged.set(QStringLiteral("expiresAt"), dateJson(expiresAt));
    merged.set(QStringLiteral("updatedAt"), dateJson(milliseconds(m_now)));
    const OutputSession renewed{withoutHidden(withDates(std::move(merged), {u"createdAt"}), m_config.sessionFields),
                                expiresAt};
    const auto ttl = timeToLive(expiresAt, m_now);
    if (ttl.count() == 0)
        return renewed;
    JsonValue entry{JsonValue::Object()};
    entry.set(QStringLiteral("session"), renewed.session);
    if (const JsonValue *user = stored->find(u"user"))
        entry.set(QStringLiteral("user"), *user);
    if (const auto kept = m_storage->set(token, QString::fromUtf8(jose::printJson(entry)), ttl, call); !kept)
        return fail(kept.error());
    const QString key = ActiveSessions::keyOf(renewed.text(u"userId"));
    const auto listed = m_storage->get(key, call);
    if (!listed)
        return fail(listed.error());
    ActiveSessions list = ActiveSessions::read(*listed);
    list.keepLive(m_now, {token});
    list.add(token, expiresAt);
    list.sort();
    if (const auto kept = m_storage->set(key, list.text(), list.timeToLive(m_now), call); !kept)
        return fail(kept.error());
    return renewed;
}

Result<std::optional<OutputSession>> SessionAdapter::renew(const QString &token, const Call &call)
{
    const base::Instant expiresAt = m_now + m_config.expiresIn;
    if (m_storage) {
        auto stored = renewStored(token, milliseconds(expiresAt), call);
        if (!stored || !m_config.storeSessionInDatabase)
            return stored;
    }
    const auto row = m_rows.renew(token.toUtf8(), expiresAt, m_now, call);
    if (!row)
        return fail(row.error());
    return *row ? std::optional(outputSession(m_config, **row)) : std::nullopt;
}

Status SessionAdapter::remove(const QString &token, const Call &call)
{
    return removeAll({token}, call);
}

Status SessionAdapter::removeAll(const QStringList &tokens, const Call &call)
{
    std::deque<StoredRemoval> running;
    for (const QString &token : tokens)
        running.emplace_back(token, m_storage, m_now);
    while (!running.empty()) {
        std::deque<StoredRemoval> next;
        for (StoredRemoval &removal : running) {
            const auto state = removal.step(call);
            if (!state)
                return fail(state.error());
            if (*state == StoredRemoval::State::Going)
                next.push_back(std::move(removal));
            else if (*state == StoredRemoval::State::Done) {
                if (const auto removed = removeRow(removal.token(), call); !removed)
                    return removed;
            }
        }
        running = std::move(next);
    }
    return {};
}

Status SessionAdapter::removeRow(const QString &token, const Call &call)
{
    if (m_storage && !m_config.storeSessionInDatabase)
        return {};
    if (m_storage && m_config.preserveSessionInDatabase)
        return m_rows.end(token.toUtf8(), m_now, call);
    return m_rows.remove(token.toUtf8(), call);
}

} // namespace rollcall::engine::betterauth
