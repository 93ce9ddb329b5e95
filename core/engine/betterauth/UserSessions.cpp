#include "core/engine/betterauth/UserSessions.h"

#include "core/engine/betterauth/ActiveSessions.h"
#include "core/engine/betterauth/JsDate.h"

namespace rollcall::engine::betterauth {

using base::Call;
using base::fail;
using base::Result;
using base::Status;
using jose::JsonValue;

Result<std::vector<OutputSession>> UserSessions::list(const QString &userId, bool onlyActive, const Call &call)
{
    constexpr int mostRows = 100; // the library's defaultFindManyLimit
    if (m_storage)
        return listStored(userId, call);
    const auto rows = m_rows.ofUser(userId, onlyActive ? std::optional(m_now) : std::nullopt, mostRows, call);
    if (!rows)
        return fail(rows.error());
    std::vector<OutputSession> sessions;
    for (const JsonValue &row : *rows)
        sessions.push_back(outputSession(m_config, row));
    return sessions;
}

Result<std::vector<OutputSession>> UserSessions::listStored(const QString &userId, const Call &call)
{
    std::vector<OutputSession> sessions;
    const auto listed = m_storage->get(ActiveSessions::keyOf(userId), call);
    if (!listed)
        return fail(listed.error());
    QStringList seen;
    for (const QString &token : ActiveSessions::read(*listed).tokens(m_now)) {
        if (seen.contains(token))
            continue;
        seen << token;
        const auto text = m_storage->get(token, call);
        if (!text)
            return fail(text.error());
        // Here the library parses without reviving dates: they stay as they were written.
        const auto entry = *text ? jose::parseJson(**text) : std::nullopt;
        const JsonValue *session = entry ? entry->find(u"session") : nullptr;
        if (!session || !session->object())
            continue;
        const double expiresAt = toDate(session->find(u"expiresAt"));
        sessions.push_back({withoutHidden(withDates(*session, {u"expiresAt"}), m_config.sessionFields), expiresAt});
    }
    return sessions;
}

Status UserSessions::removeAll(const QString &userId, const Call &call)
{
    if (!m_storage)
        return m_rows.removeOfUser(userId, call);
    const auto listed = m_storage->get(ActiveSessions::keyOf(userId), call);
    if (!listed)
        return fail(listed.error());
    const QStringList tokens = ActiveSessions::read(*listed).tokens();
    if (m_config.storeSessionInDatabase) {
        auto ended = m_config.preserveSessionInDatabase ? m_rows.endOfUser(userId, m_now, call)
                                                        : m_rows.removeOfUser(userId, call);
        if (!ended)
            return ended;
    }
    return removeStored(userId, tokens, call);
}

Status UserSessions::removeStored(const QString &userId, const QStringList &tokens, const Call &call)
{
    for (const QString &token : tokens) {
        if (auto removed = m_storage->remove(token, call); !removed)
            return removed;
    }
    const QString key = ActiveSessions::keyOf(userId);
    const auto listed = m_storage->get(key, call);
    if (!listed)
        return fail(listed.error());
    ActiveSessions remaining = ActiveSessions::read(*listed);
    remaining.keepLive(m_now, tokens);
    remaining.sort();
    return remaining.isEmpty() ? m_storage->remove(key, call)
                               : m_storage->set(key, remaining.text(), remaining.timeToLive(m_now), call);
}

} // namespace rollcall::engine::betterauth
