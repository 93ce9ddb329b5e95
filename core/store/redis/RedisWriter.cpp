#include "core/store/redis/RedisWriter.h"

#include <QRandomGenerator>
#include <QUuid>

#include <algorithm>

#include "core/store/redis/ActiveSessionList.h"

using rollcall::base::Call;
using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;
using rollcall::jose::JsonValue;

namespace rollcall::store {

namespace {

/// Refreshed sessions change once a day or so; what changes this often within milliseconds is something else.
constexpr int mostAttempts = 10;
constexpr std::chrono::minutes canaryMargin{1};

JsonValue objectOf(std::initializer_list<std::pair<const char *, JsonValue>> members)
{
    JsonValue object{JsonValue::Object()};
    for (const auto &[name, value] : members)
        object.set(QString::fromLatin1(name), value);
    return object;
}

JsonValue text(QByteArrayView value)
{
    return JsonValue(QString::fromUtf8(value));
}

bool isCanaryUser(const KeyReader::Value &value)
{
    const auto user = value ? jose::parseJson(QString::fromUtf8(*value)) : std::nullopt;
    const auto email = memberText(user ? &*user : nullptr, u"email");
    return email && email->startsWith(QStringLiteral("canary-")) &&
           email->endsWith(QLatin1Char('@') + QLatin1StringView(canaryEmailDomain));
}

} // namespace

RedisWriter::RedisWriter(KeyReader &reader, redis::RedisChannel &channel, const KeyLayout &layout,
                         const QTimeZone &zone)
    : m_reader(reader), m_writer(channel, QString::fromUtf8(layout.scanPattern())), m_layout(layout), m_zone(zone)
{}

Status RedisWriter::change(const Attempt &attempt, const Call &call)
{
    for (int i = 0; i < mostAttempts; ++i) {
        const auto changes = attempt();
        if (!changes)
            return fail(changes.error());
        if (changes->empty())
            return {};
        const auto done = compareAndSet(m_writer, *changes, call);
        if (!done)
            return fail(done.error());
        if (*done)
            return {};
    }
    return fail(Error(ErrorCode::DatabaseUnavailable)
                    .with(ErrorParam::Detail,
                          QStringLiteral("the keys changed each time between being read and being written")));
}

Result<KeyReader::Value> RedisWriter::value(const QByteArray &key, const Call &call)
{
    auto values = m_reader.values({&key, 1}, call);
    if (!values)
        return fail(std::move(values.error()));
    return std::move(values->front());
}

Status RedisWriter::wasRead(const QByteArray &key, const Call &call)
{
    const auto length = m_reader.lengths({&key, 1}, call);
    if (!length)
        return fail(length.error());
    if (length->front() == 0)
        return {};
    return fail(Error(ErrorCode::StatementFailed)
                    .with(ErrorParam::Detail,
                          QStringLiteral("the key of a session holds %1 bytes, which is too many for a session, so it "
                                         "was not read and cannot be compared; remove it by hand")
                              .arg(length->front())));
}

Result<std::vector<RedisWriter::Found>> RedisWriter::find(std::span<const QByteArrayView> tokens, const Call &call)
{
    std::vector<Found> found;
    std::vector<QByteArray> keys;
    found.reserve(tokens.size());
    keys.reserve(tokens.size());
    for (const QByteArrayView token : tokens) {
        keys.push_back(m_layout.sessionKey(token));
        found.push_back({keys.back(), token.toByteArray(), std::nullopt, std::nullopt, std::nullopt});
    }
    auto values = m_reader.values(keys, call);
    if (!values)
        return fail(std::move(values.error()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (!values->at(i) || m_layout.holds(keys[i]) != KeyLayout::Holds::Session)
            continue;
        auto value = SessionValue::read(m_layout.kind, *values->at(i));
        // What is no session is somebody else's key, whatever its prefix. Auth.js cannot read its own without JSON.
        if (value ? !value->isOf(tokens[i]) : m_layout.kind == KeyLayout::Kind::BetterAuth)
            continue;
        found[i].owner = value ? value->userId() : std::nullopt;
        found[i].value = std::move(value);
        found[i].text = std::move(values->at(i));
        if (found[i].text->isEmpty()) {
            if (auto whole = wasRead(keys[i], call); !whole)
                return fail(std::move(whole.error()));
        }
    }
    return found;
}

Result<qint64> RedisWriter::addRemoval(std::span<const Found *const> sessions, KeyChanges &changes, const Call &call)
{
    std::map<QByteArray, QByteArrayList> tokensOf; // by the key that points to them
    for (const Found *session : sessions) {
        if (session->text)
            changes[session->key] = {session->text, std::nullopt, std::nullopt};
        if (session->owner)
            tokensOf[m_layout.sessionsOfUserKey(*session->owner)] << session->token;
    }
    std::vector<QByteArray> keys;
    keys.reserve(tokensOf.size());
    for (const auto &[key, tokens] : tokensOf)
        keys.push_back(key);
    const auto values = m_reader.values(keys, call);
    if (!values)
        return fail(values.error());
    const base::Instant now = base::SystemClock().now();
    qint64 unreadable = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const KeyReader::Value &pointer = values->at(i);
        const QByteArrayList &tokens = tokensOf[keys[i]];
        if (m_layout.kind == KeyLayout::Kind::BetterAuth) {
            if (const auto list = changedList(pointer, tokens, std::nullopt, now))
                changes[keys[i]] = *list;
            else if (!isReadableList(pointer))
                unreadable += 1;
        } else if (pointer && std::ranges::any_of(tokens, [&](const QByteArray &token) {
                       return m_layout.sessionKey(token) == *pointer;
                   })) {
            changes[keys[i]] = {pointer, std::nullopt, std::nullopt};
        }
    }
    return unreadable;
}

Result<std::vector<DeleteOutcome>> RedisWriter::deleteSessions(std::span<const RowKey> keys, const Call &call)
{
    std::vector<QByteArrayView> tokens;
    std::ranges::transform(keys, std::back_inserter(tokens), [](const RowKey &key) { return key.token.view(); });
    std::vector<DeleteOutcome> outcomes;
    const auto attempt = [&]() -> Result<KeyChanges> {
        const auto found = find(tokens, call);
        if (!found)
            return fail(found.error());
        outcomes.assign(keys.size(), DeleteOutcome::AlreadyGone);
        std::vector<const Found *> removed;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const Found &session = found->at(i);
            if (!session.text)
                continue;
            outcomes[i] = session.owner == keys[i].userId ? DeleteOutcome::Deleted : DeleteOutcome::Changed;
            if (outcomes[i] == DeleteOutcome::Deleted)
                removed.push_back(&session);
        }
        KeyChanges changes;
        if (auto added = addRemoval(removed, changes, call); !added)
            return fail(std::move(added.error()));
        return changes;
    };
    if (auto done = change(attempt, call); !done)
        return fail(std::move(done.error()));
    return outcomes;
}

Result<qint64> RedisWriter::removePointers(std::span<const OwnedToken> gone, const Call &call)
{
    std::vector<Found> sessions;
    sessions.reserve(gone.size());
    for (const OwnedToken &session : gone)
        sessions.push_back({m_layout.sessionKey(session.token), session.token.toByteArray(), std::nullopt, std::nullopt,
                            session.userId});
    std::vector<const Found *> all;
    std::ranges::transform(sessions, std::back_inserter(all), [](const Found &session) { return &session; });
    qint64 unreadable = 0;
    const auto attempt = [&]() -> Result<KeyChanges> {
        KeyChanges changes;
        const auto added = addRemoval(all, changes, call);
        if (!added)
            return fail(added.error());
        unreadable = *added;
        return changes;
    };
    if (auto done = change(attempt, call); !done)
        return fail(std::move(done.error()));
    return unreadable;
}

Status RedisWriter::deleteExpired(QByteArrayView token, base::Instant now, const Call &call)
{
    return change(
        [&]() -> Result<KeyChanges> {
            const auto found = find({&token, 1}, call);
            if (!found)
                return fail(found.error());
            const Found *session = &found->front();
            const auto expires = session->value ? session->value->fields(m_zone).expires : std::nullopt;
            KeyChanges changes;
            if (!expires || *expires >= now)
                return changes;
            if (auto added = addRemoval({&session, 1}, changes, call); !added)
                return fail(std::move(added.error()));
            return changes;
        },
        call);
}

Status RedisWriter::extend(QByteArrayView token, base::Instant expires, const Call &call)
{
    return change(
        [&]() -> Result<KeyChanges> {
            const auto found = find({&token, 1}, call);
            if (!found)
                return fail(found.error());
            const Found &session = found->front();
            KeyChanges changes;
            if (!session.value)
                return changes;
            const base::Instant now = base::SystemClock().now();
            const bool isBetterAuth = m_layout.kind == KeyLayout::Kind::BetterAuth;
            changes[session.key] = {session.text, session.value->withExpires(expires),
                                    isBetterAuth ? std::optional(lifeUntil(expires, now)) : std::nullopt};
            const auto userId = session.value->userId();
            if (!userId)
                return changes;
            const QByteArray pointerKey = m_layout.sessionsOfUserKey(*userId);
            const auto pointer = value(pointerKey, call);
            if (!pointer)
                return fail(pointer.error());
            if (!isBetterAuth)
                changes[pointerKey] = {*pointer, session.key, std::nullopt};
            else if (const auto list = changedList(*pointer, {session.token}, std::pair(session.token, expires), now))
                changes[pointerKey] = *list;
            return changes;
        },
        call);
}

KeyChanges RedisWriter::canaryOfAuthJs(const CanaryRow &canary, const QString &userId, const QString &label) const
{
    const QString email = label + QLatin1Char('@') + QLatin1StringView(canaryEmailDomain);
    const JsonValue user = objectOf({{"name", JsonValue(QLatin1StringView(canaryUserName).toString())},
                                     {"email", JsonValue(email)},
                                     {"emailVerified", JsonValue()},
                                     {"image", JsonValue()},
                                     {"id", JsonValue(userId)}});
    const JsonValue session = objectOf({{"sessionToken", text(canary.token.view())},
                                        {"userId", JsonValue(userId)},
                                        {"expires", JsonValue(base::toIso(canary.expires))}});
    const auto life = lifeUntil(canary.expires + canaryMargin, base::SystemClock().now());
    const QByteArray key = m_layout.sessionKey(canary.token.view());
    KeyChanges changes;
    changes[m_layout.userKey(userId.toUtf8())] = {std::nullopt, jose::printJson(user), life};
    if (!m_layout.usersByEmail.isEmpty())
        changes[m_layout.emailKey(email)] = {std::nullopt, userId.toUtf8(), life};
    changes[key] = {std::nullopt, jose::printJson(session), life};
    changes[m_layout.sessionsOfUserKey(userId)] = {std::nullopt, key, life};
    return changes;
}

KeyChanges RedisWriter::canaryOfBetterAuth(const CanaryRow &canary, const QString &userId, const QString &label) const
{
    const base::Instant now = base::SystemClock().now();
    const JsonValue made(base::toIso(now));
    const JsonValue session = objectOf({{"id", text(QUuid::createUuid().toByteArray(QUuid::Id128))},
                                        {"ipAddress", text("")},
                                        {"userAgent", text("")},
                                        {"token", text(canary.token.view())},
                                        {"expiresAt", JsonValue(base::toIso(canary.expires))},
                                        {"userId", JsonValue(userId)},
                                        {"createdAt", made},
                                        {"updatedAt", made}});
    const JsonValue user =
        objectOf({{"name", JsonValue(QLatin1StringView(canaryUserName).toString())},
                  {"email", JsonValue(label + QLatin1Char('@') + QLatin1StringView(canaryEmailDomain))},
                  {"emailVerified", JsonValue(false)},
                  {"image", JsonValue()},
                  {"createdAt", made},
                  {"updatedAt", made},
                  {"id", JsonValue(userId)}});
    KeyChanges changes;
    changes[m_layout.sessionKey(canary.token.view())] = {
        std::nullopt, jose::printJson(objectOf({{"session", session}, {"user", user}})),
        lifeUntil(canary.expires, now)};
    const std::pair entry(canary.token.view().toByteArray(), canary.expires);
    if (const auto list = changedList(std::nullopt, {}, entry, now))
        changes[m_layout.sessionsOfUserKey(userId)] = *list;
    return changes;
}

Result<CanaryKey> RedisWriter::insertCanary(const CanaryRow &canary, const Call &call)
{
    const bool isBetterAuth = m_layout.kind == KeyLayout::Kind::BetterAuth;
    if (!isBetterAuth && !m_layout.users)
        return fail(
            Error(ErrorCode::StatementFailed)
                .with(ErrorParam::Detail, QStringLiteral("a canary cannot be written: the users' keys are not known")));
    const QString label =
        QStringLiteral("canary-%1").arg(QRandomGenerator::system()->generate(), 8, 16, QLatin1Char('0'));
    const QString userId = QUuid::createUuid().toString(QUuid::WithoutBraces);
    const KeyChanges changes =
        isBetterAuth ? canaryOfBetterAuth(canary, userId, label) : canaryOfAuthJs(canary, userId, label);
    const auto done = compareAndSet(m_writer, changes, call);
    if (!done)
        return fail(done.error());
    if (!*done) // a token drawn at random that is there already is none
        return fail(Error(ErrorCode::StatementFailed)
                        .with(ErrorParam::Detail, QStringLiteral("a canary of this name is there already")));
    return CanaryKey{canary.token.clone(), userId};
}

Status RedisWriter::removeCanary(const CanaryKey &canary, const Call &call)
{
    return change(
        [&]() -> Result<KeyChanges> {
            const QByteArrayView token = canary.token.view();
            const auto found = find({&token, 1}, call);
            if (!found)
                return fail(found.error());
            const Found *session = &found->front();
            KeyChanges changes;
            if (session->value && session->value->userId() == canary.userId) {
                if (auto added = addRemoval({&session, 1}, changes, call); !added)
                    return fail(std::move(added.error()));
            }
            if (m_layout.kind == KeyLayout::Kind::BetterAuth || !m_layout.users)
                return changes;
            const QByteArray userKey = m_layout.userKey(canary.userId.toUtf8());
            const auto user = value(userKey, call);
            if (!user)
                return fail(user.error());
            if (!isCanaryUser(*user))
                return changes;
            changes[userKey] = {*user, std::nullopt, std::nullopt};
            if (m_layout.usersByEmail.isEmpty())
                return changes;
            const auto parsed = jose::parseJson(QString::fromUtf8(**user));
            const QByteArray emailKey = m_layout.emailKey(memberText(&*parsed, u"email").value_or(QString()));
            const auto owner = value(emailKey, call);
            if (!owner)
                return fail(owner.error());
            if (*owner == canary.userId.toUtf8())
                changes[emailKey] = {*owner, std::nullopt, std::nullopt};
            return changes;
        },
        call);
}

QString RedisWriter::deleteStatement() const
{
    const QString session = QString::fromUtf8(m_layout.sessions) + QStringLiteral("$1");
    const QString ofUser = QString::fromUtf8(m_layout.sessionsOfUser) + QStringLiteral("$2");
    const QString mended = m_layout.kind == KeyLayout::Kind::BetterAuth
                               ? QStringLiteral("SET %1 without $1, or DEL %1 where it was the last").arg(ofUser)
                               : QStringLiteral("DEL %1 if it is %2").arg(ofUser, session);
    return QStringLiteral("EVAL (compare and set): if GET %1 is of user $2 then DEL %1; %2").arg(session, mended);
}

} // namespace rollcall::store
