#include "core/store/redis/RedisDetector.h"

#include <algorithm>

#include "core/store/redis/RenamedKeys.h"
#include "core/store/redis/SessionValue.h"
#include "core/store/schema/ExpiresCodec.h"

using rollcall::base::Call;
using rollcall::base::fail;
using rollcall::base::Result;
using rollcall::base::Status;
using rollcall::jose::JsonValue;

namespace rollcall::store {

namespace {

constexpr qint64 deepestByName = 500'000; ///< keys looked through for those with `session` in their names
constexpr qint64 deepestOfAll = 5'000;
constexpr std::size_t sampleSize = 300;
constexpr qint64 longestValue = 16 << 10;
constexpr int earliestYear = 2015; ///< that an end is plausible in: facts/database-schemas.md §8 step 6
constexpr int latestYear = 2100;

constexpr QByteArrayView sessionsName("user:session:"); ///< of the adapters, behind a prefix of the deployment's
constexpr QByteArrayView usersName("user:");

bool isUsers(const QByteArray &key, const QByteArray &id)
{
    return key.endsWith(id) && key.chopped(id.size()).endsWith(usersName);
}

/// Whether @p json has what the adapters write of each user: an e-mail and when it was verified, or null for either.
/// Others' objects with an id have neither, or say true and false. **Source:** @auth/upstash-redis-adapter 2.11
/// createUser(), and AdapterUser of @auth/core.
bool isUser(const JsonValue &json)
{
    const JsonValue *email = json.find(u"email");
    const JsonValue *verified = json.find(u"emailVerified");
    const bool isAddress =
        email && (email->isNull() || (email->string() && email->string()->contains(QLatin1Char('@'))));
    return isAddress && verified &&
           (verified->isNull() ||
            (verified->string() && readInstant(verified->string()->toUtf8(), QTimeZone::utc()).instant()));
}

/// What speaks for a layout.
struct Evidence
{
    KeyLayout layout;
    std::vector<SampledSession> sessions;
    int badEnds = 0;    ///< sessions whose end cannot be read or is absurd
    bool users = false; ///< users without sessions
};

bool isPlausible(const std::optional<base::Instant> &end)
{
    using namespace std::chrono;
    return end && *end >= sys_days(year(earliestYear) / January / 1) &&
           *end < sys_days(year(latestYear + 1) / January / 1);
}

class Detector final
{
public:
    Detector(KeyReader &reader, const QTimeZone &zone, const ScanPace &pace, const Call &call)
        : m_reader(reader), m_zone(zone), m_pace(pace), m_call(call)
    {}

    Result<KeyDetection> run()
    {
        if (auto done = sample("*session*", deepestByName); !done)
            return fail(std::move(done.error()));
        if (m_found.empty()) {
            if (auto done = sample("*", deepestOfAll); !done)
                return fail(std::move(done.error()));
        }
        return conclude();
    }

private:
    Status sample(const QByteArray &pattern, qint64 deepest)
    {
        KeyScan scan(m_reader, pattern, m_pace);
        std::vector<QByteArray> keys;
        while (!scan.isDone() && scan.lookedThrough() < deepest && keys.size() < sampleSize) {
            auto step = scan.next({}, m_call);
            if (!step)
                return fail(std::move(step.error()));
            std::ranges::move(step->keys, std::back_inserter(keys));
        }
        m_keysSeen += scan.lookedThrough();
        // Of a step that returned many, those in between as well as the first.
        std::vector<QByteArray> some;
        const std::size_t stride = std::max<std::size_t>(1, keys.size() / sampleSize);
        for (std::size_t i = 0; i < keys.size(); i += stride)
            some.push_back(std::move(keys[i]));
        return look(some);
    }

    Status look(const std::vector<QByteArray> &keys)
    {
        const auto values = m_reader.valuesOfAny(keys, longestValue, m_call);
        if (!values)
            return fail(values.error());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!values->at(i))
                continue;
            if (const auto json = jose::parseJson(QString::fromUtf8(*values->at(i)))) {
                if (auto done = judge(keys[i], *values->at(i), *json); !done)
                    return done;
            }
        }
        return {};
    }

    Status judge(const QByteArray &key, const QByteArray &text, const JsonValue &json)
    {
        const auto token = memberText(&json, u"sessionToken");
        if (token && !token->isEmpty() && key.endsWith(token->toUtf8()) && json.find(u"userId")) {
            addSession(KeyLayout::Kind::AuthJs, key, text, token->toUtf8());
            return {};
        }
        const auto embedded = memberText(json.find(u"session"), u"token");
        if (embedded && !embedded->isEmpty() && key.endsWith(embedded->toUtf8()) && json.find(u"user")) {
            addSession(KeyLayout::Kind::BetterAuth, key, text, embedded->toUtf8());
            return {};
        }
        if (const JsonValue::Array *list = json.array())
            return followList(key, *list);
        // A database of the adapter's in which nobody is signed in yet.
        const auto id = memberText(&json, u"id");
        if (id && !id->isEmpty() && isUser(json) && isUsers(key, id->toUtf8()))
            evidenceFor(KeyLayout::authJs(key.chopped(usersName.size() + id->toUtf8().size()))).users = true;
        return {};
    }

    /// Better Auth's list of a user's sessions names keys that may not be in the sample.
    Status followList(const QByteArray &key, const JsonValue::Array &list)
    {
        const qsizetype name = key.lastIndexOf("active-sessions-");
        if (name < 0)
            return {};
        const QByteArray prefix = key.first(name);
        std::vector<QByteArray> keys;
        std::vector<QByteArray> tokens;
        for (const JsonValue &entry : list) {
            const auto token = memberText(&entry, u"token");
            if (token && keys.size() < sampleSize) {
                tokens.push_back(token->toUtf8());
                keys.push_back(prefix + tokens.back());
            }
        }
        const auto values = m_reader.valuesOfAny(keys, longestValue, m_call);
        if (!values)
            return fail(values.error());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (values->at(i) && SessionValue::read(KeyLayout::Kind::BetterAuth, *values->at(i)))
                addSession(KeyLayout::Kind::BetterAuth, keys[i], *values->at(i), tokens[i]);
        }
        return {};
    }

    void addSession(KeyLayout::Kind kind, const QByteArray &key, const QByteArray &text, const QByteArray &token)
    {
        const QByteArray prefix = key.chopped(token.size());
        KeyLayout layout = kind == KeyLayout::Kind::BetterAuth ? KeyLayout::betterAuth(prefix) : KeyLayout();
        if (kind == KeyLayout::Kind::AuthJs) {
            if (prefix.endsWith(sessionsName))
                layout = KeyLayout::authJs(prefix.chopped(sessionsName.size()));
            else
                layout.sessions = prefix; // the rest is found by findRenamed()
        }
        const auto fields = SessionValue::readFields(kind, token, text, m_zone).value_or(SessionFields());
        Evidence &evidence = evidenceFor(layout);
        evidence.sessions.push_back({key, fields.userId.value_or(QByteArray())});
        evidence.badEnds += isPlausible(fields.expires) ? 0 : 1;
    }

    Evidence &evidenceFor(const KeyLayout &layout)
    {
        const auto known = std::ranges::find(m_found, layout, &Evidence::layout);
        if (known != m_found.end())
            return *known;
        return m_found.emplace_back(Evidence{layout, {}, 0, false});
    }

    Result<KeyDetection> conclude()
    {
        KeyDetection detection;
        const auto size = m_reader.ask({"DBSIZE"}, m_call);
        if (!size)
            return fail(size.error());
        detection.keysSeen = std::min(m_keysSeen, size->number);
        std::ranges::stable_sort(m_found, std::ranges::greater(),
                                 [](const Evidence &one) { return one.sessions.size(); });
        for (Evidence &evidence : m_found) {
            if (evidence.layout.kind == KeyLayout::Kind::AuthJs && !evidence.layout.users) {
                if (auto found = findRenamed(m_reader, evidence.layout, evidence.sessions, m_pace, m_call); !found)
                    return fail(std::move(found.error()));
            }
            detection.candidates.push_back(profileOf(evidence));
        }
        const bool sure = m_found.size() == 1 && detection.candidates.front().confidence > 0.5;
        if (sure)
            detection.best = detection.candidates.front();
        return detection;
    }

    static SchemaProfile profileOf(const Evidence &evidence)
    {
        SchemaProfile profile;
        const auto sessions = static_cast<double>(evidence.sessions.size());
        profile.adapter = evidence.layout.kind == KeyLayout::Kind::BetterAuth ? QStringLiteral("better-auth")
                                                                              : QStringLiteral("upstash-redis");
        profile.confidence = sessions > 0 ? 1 - evidence.badEnds / sessions : 0.75;
        evidence.layout.describe(profile);
        if (evidence.sessions.empty())
            profile.warnings << QStringLiteral(
                "There are users and no session: nobody is signed in, or this deployment uses "
                "JWT sessions. The names of the sessions' keys are those that the "
                "adapters use by default.");
        if (evidence.badEnds > 0)
            profile.warnings << QStringLiteral("%1 of %2 sessions looked at have an end that cannot be read, or is "
                                               "not between 2015 and 2100.")
                                    .arg(evidence.badEnds)
                                    .arg(evidence.sessions.size());
        if (evidence.layout.kind == KeyLayout::Kind::AuthJs && !evidence.layout.users)
            profile.warnings << QStringLiteral("The keys of users were not found, so their names and e-mails are not "
                                               "shown, and no session counts as orphan.");
        return profile;
    }

    KeyReader &m_reader;
    const QTimeZone &m_zone;
    const ScanPace &m_pace;
    const Call &m_call;
    std::vector<Evidence> m_found;
    qint64 m_keysSeen = 0;
};

} // namespace

Result<KeyDetection> detectKeys(KeyReader &reader, const QTimeZone &zone, const ScanPace &pace, const Call &call)
{
    return Detector(reader, zone, pace, call).run();
}

} // namespace rollcall::store
