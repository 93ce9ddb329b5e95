#include "core/revoke/CachedCopies.h"

#include <QHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

#include <algorithm>
#include <map>

#include "core/cache/CacheValue.h"
#include "core/revoke/CachePurge.h"
#include "core/store/redis/KeyReader.h"

namespace rollcall::revoke {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using cache::CacheKeyPattern;

namespace {

constexpr std::size_t keysOfOneDelete = 500;
constexpr std::chrono::seconds slack{1}; ///< times are stored in whole seconds here and there

std::optional<QString> textAt(const QJsonObject &object, const char *name)
{
    const QJsonValue value = object.value(QLatin1StringView(name));
    return value.isString() ? std::optional(value.toString()) : std::nullopt;
}

std::optional<base::Instant> timeAt(const QJsonObject &object, const char *name)
{
    const QJsonValue value = object.value(QLatin1StringView(name));
    if (value.isDouble()) // milliseconds, as JavaScript counts
        return base::Instant(std::chrono::milliseconds(value.toInteger()));
    return base::parseTime(value.toString(), {});
}

/// Takes what @p value says of its session: JSON of a session, or of an object with a session and a user in it.
void readDeployments(const QJsonObject &value, CachedCopy &copy)
{
    const QJsonObject session = value.value(u"session").isObject() ? value.value(u"session").toObject() : value;
    const QJsonObject user = value.value(u"user").toObject();
    copy.expires = timeAt(session, "expires");
    if (!copy.expires)
        copy.expires = timeAt(session, "expiresAt");
    copy.userId = textAt(session, "userId");
    if (!copy.userId)
        copy.userId = textAt(user, "id");
    copy.email = textAt(user, "email");
}

void readOurs(const cache::CacheValue &value, CachedCopy &copy)
{
    if (!value.entry.session) {
        copy.state = CopyState::Absent;
        return;
    }
    readDeployments(QJsonDocument::fromJson(*value.entry.session).object(), copy);
    if (value.entry.sessionExpires)
        copy.expires = value.entry.sessionExpires;
    if (!value.entry.userId.isEmpty())
        copy.userId = value.entry.userId;
}

/// Whether @p text is what the keys of @p pattern hold; if so, what it says goes into @p copy.
bool readValue(const CacheKeyPattern &pattern, const QByteArray &text, base::Instant now, CachedCopy &copy)
{
    using Values = CacheKeyPattern::Values;
    if (pattern.values() == Values::Rollcall) {
        const auto value = cache::decodeCacheValue(text, {});
        if (!value)
            return true; // named as ours and yet damaged: shown as unknown, and to be removed
        readOurs(*value, copy);
    } else {
        const QJsonObject value = QJsonDocument::fromJson(text).object();
        const QString token = QString::fromUtf8(copy.token.view());
        const bool isSession =
            pattern.values() == Values::Any ||
            (pattern.values() == Values::Upstash && value.value(u"sessionToken") == token) ||
            (pattern.values() == Values::BetterAuth && value.value(u"session").toObject().value(u"token") == token);
        if (!isSession)
            return false;
        readDeployments(value, copy);
    }
    if (copy.state != CopyState::Absent && copy.expires)
        copy.state = *copy.expires >= now ? CopyState::Live : CopyState::Expired;
    return true;
}

/// One pass over the keys of one pattern.
class Pass
{
public:
    Pass(store::KeyReader &reader, const CacheKeyPattern &pattern, base::Instant now, CopyList &list,
         QSet<QString> &seen)
        : m_reader(reader), m_pattern(pattern), m_now(now), m_list(list), m_seen(seen)
    {}

    Status run(const store::ScanPace &pace, const Call &call)
    {
        store::KeyScan scan(m_reader, m_pattern.scanPattern(), pace);
        while (!scan.isDone() && m_list.copies.size() < mostCopies) {
            auto step = scan.next({}, call);
            if (!step)
                return base::fail(std::move(step.error()));
            Status taken = take(step->keys, call);
            store::wipeAll(step->keys);
            if (!taken)
                return taken;
        }
        m_list.complete = m_list.complete && scan.isDone();
        return {};
    }

private:
    Status take(std::span<const QByteArray> keys, const Call &call)
    {
        std::vector<QByteArray> ours;
        std::vector<CacheKeyPattern::Match> matches;
        for (const QByteArray &key : keys) {
            auto match = m_pattern.match(key);
            // SCAN may return a key twice.
            const QString name = match ? m_pattern.text() + QLatin1Char(' ') + match->fingerprint.text() : QString();
            if (!match || m_seen.contains(name))
                continue;
            m_seen.insert(name);
            ours.push_back(key);
            matches.push_back(std::move(*match));
        }
        if (ours.empty())
            return {};
        std::vector<redis::RedisCommand> facts;
        for (const QByteArray &key : ours) {
            facts.push_back({"PTTL", key});
            facts.push_back({"STRLEN", key});
        }
        const auto answers = m_reader.askAll(facts, call, store::KeyReader::Keys::Any);
        auto values =
            answers ? m_reader.valuesOfAny(ours, store::KeyReader::largestValue, call) : base::fail(answers.error());
        if (!values)
            return base::fail(std::move(values.error()));
        for (std::size_t i = 0; i < ours.size() && m_list.copies.size() < mostCopies; ++i)
            add(ours[i], std::move(matches[i]), (*answers)[2 * i], (*answers)[2 * i + 1], (*values)[i]);
        store::wipeAll(*values);
        store::wipeAll(ours);
        return {};
    }

    void add(const QByteArray &key, CacheKeyPattern::Match match, const redis::RedisReply &left,
             const redis::RedisReply &length, const store::KeyReader::Value &value)
    {
        constexpr qint64 gone = -2; // Source: redis.io/docs/latest/commands/pttl; -1: no end
        if (left.number == gone)
            return;
        CachedCopy copy;
        copy.key = base::SecretBytes(key);
        copy.token = std::move(match.token);
        copy.fingerprint = match.fingerprint;
        copy.pattern = m_pattern.text();
        copy.values = m_pattern.values();
        if (left.kind == redis::RedisReply::Kind::Integer && left.number >= 0)
            copy.timeLeft = std::chrono::milliseconds(left.number);
        copy.bytes = length.number;
        if (readValue(m_pattern, value.value_or(QByteArray()), m_now, copy))
            m_list.copies.push_back(std::move(copy));
    }

    store::KeyReader &m_reader;
    const CacheKeyPattern &m_pattern;
    base::Instant m_now;
    CopyList &m_list;
    QSet<QString> &m_seen;
};

/// What a row says, in whichever way it was found.
struct Row
{
    std::optional<QString> userId, email;
    std::optional<base::Instant> expires;
    bool hasUser = false;
};

Drift compared(const CachedCopy &copy, const Row *row, base::Instant now)
{
    const bool isOver = !row || !row->hasUser || !row->expires || *row->expires < now;
    if (copy.state == CopyState::Absent)
        return isOver ? Drift::None : Drift::Differs;
    if (!row)
        return Drift::Gone;
    if (isOver)
        return Drift::Expired;
    const bool anothers = (copy.userId && row->userId && *copy.userId != *row->userId) ||
                          (copy.email && row->email && *copy.email != *row->email);
    const bool endsLater = copy.expires && *copy.expires > *row->expires + slack;
    return anothers || endsLater ? Drift::Differs : Drift::None;
}

} // namespace

CachedCopy CachedCopy::clone() const
{
    return {key.clone(), token.clone(), fingerprint, pattern, values, timeLeft, bytes, state, expires, userId, email};
}

QString copyStateName(CopyState state)
{
    switch (state) {
    case CopyState::Live:
        return QStringLiteral("live");
    case CopyState::Expired:
        return QStringLiteral("expired");
    case CopyState::Absent:
        return QStringLiteral("absent");
    case CopyState::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE();
}

QString driftName(Drift drift)
{
    switch (drift) {
    case Drift::None:
        return {};
    case Drift::Gone:
        return QStringLiteral("gone");
    case Drift::Expired:
        return QStringLiteral("expired");
    case Drift::Differs:
        return QStringLiteral("differs");
    }
    Q_UNREACHABLE();
}

Result<CopyList> listCopies(redis::RedisChannel &channel, std::span<const CacheKeyPattern> patterns, base::Instant now,
                            const store::ScanPace &pace, const Call &call)
{
    CopyList list;
    QSet<QString> seen;
    for (const CacheKeyPattern &pattern : patterns) {
        store::KeyReader reader(channel, QString::fromUtf8(pattern.scanPattern()), pace);
        if (auto passed = Pass(reader, pattern, now, list, seen).run(pace, call); !passed) {
            if (passed.error().code != ErrorCode::Timeout || !call.expired())
                return base::fail(std::move(passed.error()));
            list.complete = false;
            return list;
        }
    }
    return list;
}

Result<std::vector<Drift>> driftOf(std::span<const CachedCopy> copies, store::SessionStore &store, base::Instant now,
                                   const Call &call)
{
    QStringList names;
    std::vector<QByteArrayView> tokens;
    for (const CachedCopy &copy : copies) {
        if (copy.token.isEmpty())
            names << copy.fingerprint.text();
        else
            tokens.push_back(copy.token.view());
    }
    const auto byToken = store.lookupMany(tokens, call);
    if (!byToken)
        return base::fail(byToken.error());
    QHash<QString, Row> byFingerprint;
    if (!names.isEmpty()) {
        QStringList unmatched;
        const auto rows = store.findRows(std::vector<QString>(names.cbegin(), names.cend()), unmatched, now, call);
        if (!rows)
            return base::fail(rows.error());
        for (const store::PlannedRow &row : *rows)
            byFingerprint.insert(row.key.fingerprint.text(), {row.shown.userId, row.shown.email, row.shown.expires,
                                                              row.shown.state != session::SessionState::Orphan});
    }
    std::vector<Drift> drifts;
    drifts.reserve(copies.size());
    auto next = byToken->cbegin();
    for (const CachedCopy &copy : copies) {
        if (copy.token.isEmpty()) {
            const auto found = byFingerprint.constFind(copy.fingerprint.text());
            drifts.push_back(compared(copy, found == byFingerprint.cend() ? nullptr : &*found, now));
            continue;
        }
        const auto &stored = *next++;
        const Row row = stored ? Row{stored->userId, stored->userEmail, stored->expires, stored->hasUser} : Row();
        drifts.push_back(compared(copy, stored ? &row : nullptr, now));
    }
    return drifts;
}

Status purgeCopies(redis::RedisChannel &channel, std::span<const CachedCopy> copies, qint64 &removed, const Call &call)
{
    std::map<CacheKeyPattern::Values, std::vector<store::OwnedToken>> pointedTo;
    for (const CachedCopy &copy : copies) {
        if (hasPointers(copy.values))
            pointedTo[copy.values].push_back({copy.token.view(), copy.userId});
    }
    for (std::size_t from = 0; from < copies.size(); from += keysOfOneDelete) {
        std::vector<redis::RedisCommand> commands;
        for (const CachedCopy &copy : copies.subspan(from, std::min(keysOfOneDelete, copies.size() - from)))
            commands.push_back({"DEL", copy.key.view().toByteArray()});
        auto replies = channel.pipeline(commands, call);
        for (redis::RedisCommand &command : commands)
            base::wipe(command.back());
        if (!replies)
            return base::fail(std::move(replies.error()));
        const redis::RedisReply *refused = nullptr;
        for (const redis::RedisReply &reply : *replies) {
            if (reply.kind == redis::RedisReply::Kind::Error)
                refused = &reply;
            else
                removed += reply.number; // also behind one that was refused
        }
        if (refused)
            return base::fail(redis::refusal(*refused, {}));
    }
    qint64 unread = 0;
    for (const auto &[values, sessions] : pointedTo) {
        const auto some = removePointers(channel, values, sessions, call);
        if (!some)
            return base::fail(some.error());
        unread += *some;
    }
    if (unread > 0)
        return base::fail(Error(ErrorCode::StatementFailed).with(base::ErrorParam::Detail, unreadLists(unread)));
    return {};
}

} // namespace rollcall::revoke
