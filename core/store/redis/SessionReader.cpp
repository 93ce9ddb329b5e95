#include "core/store/redis/SessionReader.h"

#include <QHash>

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;
using rollcall::jose::JsonValue;
using rollcall::session::SessionState;

namespace rollcall::store {

namespace {

constexpr std::size_t rowsAtOnce = 500;
constexpr std::size_t usersAtOnce = 1'000;

std::optional<JsonValue> parseObject(const KeyReader::Value &text)
{
    auto value = text ? jose::parseJson(QString::fromUtf8(*text)) : std::nullopt;
    return value && value->object() ? std::move(value) : std::nullopt;
}

} // namespace

Result<std::vector<bool>> SessionReader::usersWhom(const UserTest &fits, const SessionIndex &index, const Call &call)
{
    std::vector<bool> users(index.users().size());
    const bool isBetterAuth = m_layout.kind == KeyLayout::Kind::BetterAuth;
    if (!isBetterAuth && !m_layout.users)
        return users;
    // Better Auth's users stand in their sessions: one of each user tells.
    std::vector<QByteArray> keys;
    std::vector<quint32> whose;
    std::vector<bool> asked(users.size());
    const auto ask = [&]() -> Status {
        auto values = m_keys.values(keys, call);
        wipeAll(keys);
        if (!values)
            return fail(std::move(values.error()));
        for (std::size_t i = 0; i < whose.size(); ++i) {
            const auto object = parseObject((*values)[i]);
            const JsonValue *user = object ? &*object : nullptr;
            if (isBetterAuth)
                user = user ? user->find(u"user") : nullptr;
            users[whose[i]] = users[whose[i]] || fits(memberText(user, u"name"), memberText(user, u"email"));
        }
        wipeAll(*values);
        keys.clear();
        whose.clear();
        return {};
    };
    for (const SessionIndex::Entry &entry : index.entries()) {
        if (entry.user == SessionIndex::nobody || !index.isKnown(entry.user) || asked[entry.user])
            continue;
        asked[entry.user] = true;
        whose.push_back(entry.user);
        keys.push_back(isBetterAuth ? m_layout.sessionKey(entry.tokenView())
                                    : m_layout.userKey(index.users().at(entry.user).toByteArray()));
        if (keys.size() == usersAtOnce) {
            if (auto done = ask(); !done)
                return fail(std::move(done.error()));
        }
    }
    if (auto done = ask(); !done)
        return fail(std::move(done.error()));
    return users;
}

Result<std::vector<bool>> SessionReader::usersOfEmail(const QString &email, const SessionIndex &index, const Call &call)
{
    const auto isTheirs = [&email](const std::optional<QString> &, const std::optional<QString> &theirs) {
        return theirs == email;
    };
    if (m_layout.kind == KeyLayout::Kind::BetterAuth || m_layout.usersByEmail.isEmpty())
        return usersWhom(isTheirs, index, call);
    std::vector<bool> users(index.users().size());
    const std::vector<QByteArray> emailKey{m_layout.emailKey(email)};
    const auto id = m_keys.values(emailKey, call);
    if (!id)
        return fail(id.error());
    const auto number = id->front() ? index.users().find(*id->front()) : std::nullopt;
    if (!number)
        return users;
    // All users without an e-mail share one such key, and it may be left over from another address.
    const std::vector<QByteArray> userKey{m_layout.userKey(*id->front())};
    const auto user = m_keys.values(userKey, call);
    if (!user)
        return fail(user.error());
    const auto object = parseObject(user->front());
    users[*number] = object && isTheirs({}, memberText(&*object, u"email"));
    return users;
}

SessionState SessionReader::stateOf(const session::ListedSession &row, bool hasUser, base::Instant now) const
{
    if (!row.expires || !row.userId)
        return SessionState::Unknown;
    const bool usersKnown = m_layout.users || m_layout.kind == KeyLayout::Kind::BetterAuth;
    if (usersKnown && !hasUser)
        return SessionState::Orphan;
    return *row.expires >= now ? SessionState::Live : SessionState::Expired;
}

Result<std::vector<std::optional<SessionReader::Stored>>> SessionReader::read(std::span<const QByteArrayView> tokens,
                                                                              const Call &call)
{
    std::vector<QByteArray> keys;
    keys.reserve(tokens.size());
    for (const QByteArrayView token : tokens)
        keys.push_back(m_layout.sessionKey(token));
    auto values = m_keys.values(keys, call);
    if (!values)
        return fail(std::move(values.error()));
    std::vector<std::optional<Stored>> stored(tokens.size());
    QHash<QString, std::size_t> places; // of users among those asked for
    std::vector<QByteArray> userKeys;
    const bool isBetterAuth = m_layout.kind == KeyLayout::Kind::BetterAuth;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        // The pointers stand under the same prefix as sessions.
        if (!values->at(i) || m_layout.holds(keys[i]) != KeyLayout::Holds::Session)
            continue;
        auto value = SessionValue::read(m_layout.kind, *values->at(i));
        if (value ? !value->isOf(tokens[i]) : isBetterAuth)
            continue;
        const auto userId = value ? value->userId() : std::nullopt;
        if (userId && m_layout.users && !places.contains(*userId)) {
            places.insert(*userId, userKeys.size());
            userKeys.push_back(m_layout.userKey(userId->toUtf8()));
        }
        stored[i] = Stored{base::SecretBytes(tokens[i]), std::move(value), std::nullopt};
    }
    wipeAll(keys);
    wipeAll(*values);
    const auto users = m_keys.values(userKeys, call);
    if (!users)
        return fail(users.error());
    for (auto &session : stored) {
        if (!session || !session->value)
            continue;
        if (const JsonValue *user = session->value->embeddedUser())
            session->user = *user;
        else if (const auto userId = session->value->userId(); userId && places.contains(*userId))
            session->user = parseObject(users->at(places.value(*userId)));
    }
    return stored;
}

Result<std::vector<std::optional<PlannedRow>>>
SessionReader::readEntries(const SessionIndex &index, std::span<const SessionIndex::Entry *const> entries,
                           base::Instant now, const Call &call)
{
    std::vector<std::optional<PlannedRow>> rows;
    rows.reserve(entries.size());
    for (std::size_t from = 0; from < entries.size(); from += rowsAtOnce) {
        const auto some = entries.subspan(from, std::min(rowsAtOnce, entries.size() - from));
        std::vector<QByteArrayView> tokens;
        for (const auto *entry : some)
            tokens.push_back(entry->tokenView());
        auto stored = read(tokens, call);
        if (!stored)
            return fail(std::move(stored.error()));
        for (std::size_t i = 0; i < some.size(); ++i) {
            auto &row = rows.emplace_back();
            if (!stored->at(i))
                continue;
            const Stored &session = *stored->at(i);
            row.emplace();
            row->shown = listedOf(session.token.view(), session.value, session.user ? &*session.user : nullptr, m_zone);
            row->shown.state = stateOf(row->shown, session.user.has_value(), now);
            row->shown.providers = index.providersOf(some[i]->user);
            row->key = {session.token.clone(), session.token.clone(), row->shown.fingerprint, row->shown.userId};
        }
    }
    return rows;
}

} // namespace rollcall::store
