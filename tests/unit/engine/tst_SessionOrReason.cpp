#include <QtTest>

#include "core/engine/SessionRuntime.h"
#include "core/jose/TokenCodec.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using base::Call;
using engine::CallbackResult;
using engine::RequestHeaders;
using jose::JsonValue;
using session::AuthVersion;
using session::CookieParser;
using session::Strategy;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};

QByteArray stemOf(AuthVersion version)
{
    return version == AuthVersion::V4 ? QByteArrayLiteral("next-auth.") : QByteArrayLiteral("authjs.");
}

QByteArray jwt(AuthVersion version)
{
    std::vector<base::SecretBytes> secrets;
    secrets.emplace_back(QByteArrayView("secret"));
    const QByteArray salt = version == AuthVersion::V4 ? QByteArray() : stemOf(version) + "session-token";
    return jose::encodeToken(version, R"({"name":"Ada","sub":"u1"})", secrets, salt, std::chrono::hours(1), now)
        ->view()
        .toByteArray();
}

/// Requests of all kinds that resolve differently, with the token of a session that lives.
QByteArrayList cookiesFor(AuthVersion version, const QByteArray &token)
{
    const QByteArray stem = stemOf(version);
    const QByteArray good = stem + "session-token=" + token;
    QByteArrayList cookies{QByteArray(),
                           "theme=dark",
                           good,
                           stem + "session-token=",
                           stem + "session-token=garbage",
                           stem + "session-token=%E0%A4%A",
                           good + "; " + stem + "callback-url=no%20url",
                           good + "; " + stem + "callback-url=javascript%3Aalert(1)",
                           good + "; " + stem + "csrf-token=wrong"};
    // Sharers of the session cookie's prefix: clearing or renewing writes them, where their names allow that.
    for (const char *name : {"session-token.x", "session-token(bad)", "session-token@", "session-token\"q\""}) {
        cookies << good + "; " + stem + name + "=1";
        cookies << stem + name + "=1";
    }
    return cookies;
}

/// Whatever a callback of the application may come to.
std::vector<std::function<CallbackResult()>> outcomes()
{
    return {[] {
                return JsonValue(JsonValue::Object{{QStringLiteral("expires"), JsonValue(QStringLiteral("x"))}});
            },
            [] { return JsonValue(JsonValue::Object()); },
            [] { return JsonValue(JsonValue::Array()); },
            [] { return JsonValue(); },
            [] { return JsonValue(false); },
            [] { return JsonValue(7.0); },
            [] { return JsonValue(QString()); },
            [] { return JsonValue(QStringLiteral("null")); },
            [] { return engine::Undefined(); },
            [] { return engine::CallbackFailure{QStringLiteral("refused")}; },
            []() -> CallbackResult { throw std::runtime_error("thrown"); }};
}

/// The defaults, and each callback that @p strategy has alone with each outcome.
std::vector<std::shared_ptr<const engine::Callbacks>> callbackSets(Strategy strategy)
{
    std::vector<std::shared_ptr<const engine::Callbacks>> sets{nullptr};
    for (const auto &outcome : outcomes()) {
        const auto answer = [outcome](const auto &) { return outcome(); };
        engine::Callbacks callbacks;
        callbacks.session = answer;
        sets.push_back(std::make_shared<const engine::Callbacks>(std::exchange(callbacks, {})));
        if (strategy == Strategy::Database)
            continue;
        callbacks.jwt = answer;
        sets.push_back(std::make_shared<const engine::Callbacks>(std::exchange(callbacks, {})));
        callbacks.decode = answer;
        sets.push_back(std::make_shared<const engine::Callbacks>(std::exchange(callbacks, {})));
        callbacks.encode = answer;
        sets.push_back(std::make_shared<const engine::Callbacks>(std::exchange(callbacks, {})));
    }
    return sets;
}

/// A deployment's configuration, right and wrong.
struct Variation
{
    const char *name;
    std::function<void(session::AuthProfile &)> apply;
};

std::vector<Variation> variations()
{
    using Profile = session::AuthProfile;
    return {{"plain", [](Profile &) {}},
            {"pages", [](Profile &profile) { profile.cookieParser = CookieParser::Pages; }},
            {"web", [](Profile &profile) { profile.cookieParser = CookieParser::Web; }},
            {"no secret", [](Profile &profile) { profile.secrets.clear(); }},
            {"in development",
             [](Profile &profile) {
                 profile.secrets.clear();
                 profile.production = false;
             }},
            {"untrusted", [](Profile &profile) { profile.trustHost = false; }},
            {"another path", [](Profile &profile) { profile.basePath = "/auth/session"; }},
            {"bad attribute", [](Profile &profile) { profile.cookieOptions.emplace().path = "/a;b"; }},
            {"bad end", [](Profile &profile) { profile.maxAge = std::chrono::hours(24 * 365 * 400'000L); }}};
}

/// An adapter that throws what no function of ours would.
class ThrowingAdapter final : public engine::Adapter
{
public:
    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView, const Call &) override
    {
        throw std::runtime_error("driver");
    }
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView>, const Call &) override
    {
        throw std::runtime_error("driver");
    }
    base::Status updateSession(QByteArrayView, base::Instant, const Call &) override
    {
        throw std::runtime_error("driver");
    }
    base::Status deleteSession(QByteArrayView, base::Instant, const Call &) override
    {
        throw std::runtime_error("driver");
    }
};

using Open = std::function<base::Result<std::unique_ptr<engine::Adapter>>(const Call &)>;

} // namespace

/// A runtime answers with a session or with the reason why there is none: never with both, never with neither, whatever
/// the helper that it stands for would have thrown.
class SessionOrReasonTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tokens_data() { versions(); }
    void tokens()
    {
        QFETCH(int, version);
        const auto which = static_cast<AuthVersion>(version);
        for (const Variation &variation : variations()) {
            for (const auto &callbacks : callbackSets(Strategy::Jwt))
                check(which, Strategy::Jwt, variation, callbacks, {}, jwt(which));
        }
        QVERIFY2(m_sessions > 100 && m_nulls > 100, "both kinds were among them");
    }

    void rows_data() { versions(); }
    void rows()
    {
        QFETCH(int, version);
        test::FakeStore store;
        store::SessionRow due;
        due.userId = QStringLiteral("u1");
        due.hasUser = true;
        due.expires = now + std::chrono::hours(24 * 20);
        store::SessionRow old = due;
        old.expires = now - std::chrono::hours(1);
        const Open overStore = [&store](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return engine::makeStoreAdapter(store);
        };
        const Open throwing = [](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            return std::make_unique<ThrowingAdapter>();
        };
        const Open notOpening = [](const Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
            throw std::runtime_error("driver");
        };
        for (const Variation &variation : variations()) {
            for (const auto &callbacks : callbackSets(Strategy::Database)) {
                for (const QStringList &failing :
                     {QStringList(), QStringList{QStringLiteral("lookup"), QStringLiteral("lookupMany")},
                      QStringList{QStringLiteral("extend")}, QStringList{QStringLiteral("delete")}}) {
                    store.failing = failing;
                    for (const char *token : {"due", "old", "unknown"}) {
                        store.rows = {{"due", due}, {"old", old}};
                        check(static_cast<AuthVersion>(version), Strategy::Database, variation, callbacks, overStore,
                              token);
                    }
                }
                for (const Open &open : {Open(), throwing, notOpening})
                    check(static_cast<AuthVersion>(version), Strategy::Database, variation, callbacks, open, "due");
            }
        }
        QVERIFY2(m_sessions > 100 && m_nulls > 100, "both kinds were among them");
    }

private:
    static void versions()
    {
        QTest::addColumn<int>("version");
        QTest::newRow("v4") << static_cast<int>(AuthVersion::V4);
        QTest::newRow("v5") << static_cast<int>(AuthVersion::V5);
    }

    void check(AuthVersion version, Strategy strategy, const Variation &variation,
               const std::shared_ptr<const engine::Callbacks> &callbacks, const Open &open, const QByteArray &token)
    {
        if (QTest::currentTestFailed())
            return; // one case says enough
        auto profile = std::make_shared<session::AuthProfile>();
        profile->version = version;
        profile->strategy = strategy;
        profile->secrets.emplace_back(QByteArrayView("secret"));
        variation.apply(*profile);
        engine::LocalRuntime local;
        local.profile = profile;
        local.callbacks = callbacks;
        local.openAdapter = open;
        local.effects = engine::Effects::Apply;
        local.clock = std::make_shared<const base::FixedClock>(now);
        engine::SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(std::move(local)));
        const QByteArrayList cookies = cookiesFor(version, token);
        std::vector<RequestHeaders> requests;
        for (const QByteArray &cookie : cookies)
            requests.push_back(RequestHeaders::fromCookie(cookie));
        const auto many = runtime.resolveMany(requests, {});
        QVERIFY(many.has_value());
        for (std::size_t i = 0; i < requests.size(); ++i) {
            const auto one = runtime.getServerSession(requests[i], {});
            QVERIFY(one.has_value());
            for (const engine::RuntimeSession *answer : {&*one, &(*many)[i]}) {
                QVERIFY2(
                    answer->session.has_value() != answer->reason.has_value(),
                    qPrintable(QStringLiteral("%1: %2: %3 | %4")
                                   .arg(QString::fromLatin1(variation.name),
                                        QString::fromUtf8(cookies.at(static_cast<qsizetype>(i)).left(120)),
                                        QString::fromUtf8(answer->session.value_or("no session")), answer->evidence)));
                (answer->session ? m_sessions : m_nulls) += 1;
            }
        }
    }

    int m_sessions = 0;
    int m_nulls = 0;
};

QTEST_GUILESS_MAIN(SessionOrReasonTest)
#include "tst_SessionOrReason.moc"
