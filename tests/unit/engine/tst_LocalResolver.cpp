#include <QtTest>

#include "core/engine/SessionEngine.h"
#include "core/http/SetCookie.h"
#include "core/jose/TokenCodec.h"
#include "tests/support/Vectors.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using engine::Effects;
using jose::JsonValue;
using session::AuthVersion;
using session::NullReason;
using session::Strategy;
using test::textOf;

namespace {

/// What of session.json the resolver does not do: it is given a Cookie header and a profile, not a request and
/// callbacks.
const QStringList outOfScope{
    QStringLiteral("v4-jwt-bad-callback-cookie"), // the callback-url cookie is the endpoint's affair (N55)
    QStringLiteral("v5-jwt-bad-callback-cookie"),
    QStringLiteral("v5-jwt-untrusted"),       // trustHost (N53)
    QStringLiteral("v5-jwt-wrong-base-path"), // the request's path (N54)
};
// 97 cases, of which 20 have callbacks of their own and 4 are out of scope.
constexpr int casesInScope = 73;

/// The catalogue's names for the cases without session, by the end of their id.
const QMap<QString, QString> reasons{
    {QStringLiteral("jwt-none"), QStringLiteral("no-cookie")},
    {QStringLiteral("jwt-wrong-prefix"), QStringLiteral("secure-prefix-mismatch")},
    {QStringLiteral("jwt-expired"), QStringLiteral("expired")},
    {QStringLiteral("jwt-wrong-secret"), QStringLiteral("wrong-secret")},
    {QStringLiteral("jwt-other-major"), QStringLiteral("other-major-token")},
    {QStringLiteral("jwt-garbage"), QStringLiteral("db-token-at-jwt")},
    {QStringLiteral("jwt-db-token"), QStringLiteral("db-token-at-jwt")},
    {QStringLiteral("jwt-chunk-missing"), QStringLiteral("chunk-missing")},
    {QStringLiteral("jwt-stale-plain"), QStringLiteral("stale-chunk")},
    {QStringLiteral("jwt-bearer"), QStringLiteral("no-cookie")},
    {QStringLiteral("jwt-no-secret"), QStringLiteral("missing-secret")},
    {QStringLiteral("db-none"), QStringLiteral("no-cookie")},
    {QStringLiteral("db-unknown"), QStringLiteral("row-missing")},
    {QStringLiteral("db-expired"), QStringLiteral("row-expired")},
    {QStringLiteral("db-user-missing"), QStringLiteral("user-missing")},
    {QStringLiteral("db-db-down"), QStringLiteral("adapter-error")},
    {QStringLiteral("db-update-fails"), QStringLiteral("adapter-write-error")},
    {QStringLiteral("db-delete-fails"), QStringLiteral("adapter-write-error")},
    {QStringLiteral("db-jwt-token"), QStringLiteral("jwt-at-database")},
    {QStringLiteral("db-two-cookies"), QStringLiteral("prefix-sharer")},
};

const JsonValue::Array &sessionCases()
{
    static const auto cases = test::vectorCases(QStringLiteral("session.json"));
    return cases;
}

base::Instant instant(double seconds)
{
    return base::Instant(std::chrono::milliseconds(static_cast<qint64>(seconds * 1000)));
}

std::optional<QString> column(const JsonValue &row, QStringView name)
{
    const JsonValue *value = row.find(name);
    return value && value->string() ? std::optional(*value->string()) : std::nullopt;
}

void fill(test::FakeStore &store, const JsonValue &db)
{
    for (const JsonValue &session : *db.find(u"sessions")->array()) {
        store::SessionRow row;
        row.userId = column(session, u"userId");
        row.expires = instant(test::numberOf(session, u"expires", 0));
        for (const JsonValue &user : *db.find(u"users")->array()) {
            if (textOf(user, u"id") != row.userId)
                continue;
            row.hasUser = true;
            row.userName = column(user, u"name");
            row.userEmail = column(user, u"email");
            row.userImage = column(user, u"image");
        }
        store.rows.insert(textOf(session, u"sessionToken").toUtf8(), row);
    }
    static const QMap<QString, QString> methods{{QStringLiteral("getSessionAndUser"), QStringLiteral("lookup")},
                                                {QStringLiteral("updateSession"), QStringLiteral("extend")},
                                                {QStringLiteral("deleteSession"), QStringLiteral("delete")}};
    if (db.find(u"fail"))
        store.failing << methods.value(textOf(db, u"fail"));
}

QStringList expectedCalls(const JsonValue &calls)
{
    QStringList result;
    for (const JsonValue &call : *calls.array()) {
        const QString method = *call.array()->at(0).string();
        const JsonValue &argument = call.array()->at(1);
        if (method == u"getSessionAndUser")
            result << QString(u"lookup " + *argument.string());
        else if (method == u"deleteSession")
            result << QString(u"delete " + *argument.string());
        else if (method == u"updateSession")
            result << QString(u"extend " + textOf(argument, u"sessionToken") + u' ' + textOf(argument, u"expires"));
        else
            result << QString(u"unknown method " + method);
    }
    return result;
}

/// An effect in the vectors' words: "NAME Path=/; …".
QString shown(const session::CookieEffect &effect)
{
    http::SetCookie cookie;
    cookie.name = effect.name;
    cookie.attributes = {effect.path, effect.domain.value_or(QByteArray()), effect.secure, effect.httpOnly,
                         effect.sameSite};
    cookie.expires = effect.expires;
    if (effect.maxAge)
        cookie.maxAge = std::chrono::seconds(*effect.maxAge);
    return QString::fromUtf8(http::setCookieText(cookie)).replace(QLatin1StringView("=; "), QLatin1StringView(" "));
}

struct Input
{
    std::shared_ptr<session::AuthProfile> profile = std::make_shared<session::AuthProfile>();
    QByteArray cookie;
    base::Instant now;
};

Input inputOf(const JsonValue &vector)
{
    Input input;
    session::AuthProfile &profile = *input.profile;
    profile.version = textOf(vector, u"version") == u"v4" ? AuthVersion::V4 : AuthVersion::V5;
    const bool hasAdapter = vector.find(u"db")->object() != nullptr;
    const QString strategy = textOf(vector, u"strategy");
    profile.strategy =
        strategy == u"database" || (strategy.isEmpty() && hasAdapter) ? Strategy::Database : Strategy::Jwt;
    profile.secureCookies = textOf(*vector.find(u"request"), u"url").startsWith(u"https:");
    profile.cookieName = textOf(vector, u"cookieName").toUtf8();
    profile.maxAge = std::chrono::seconds(static_cast<qint64>(test::numberOf(vector, u"maxAge", 2592000)));
    profile.updateAge = std::chrono::seconds(static_cast<qint64>(test::numberOf(vector, u"updateAge", 86400)));
    for (const JsonValue &secret : *vector.find(u"secrets")->array())
        profile.secrets.emplace_back(QByteArrayView(secret.string()->toUtf8()));
    input.cookie = textOf(*vector.find(u"request")->find(u"headers"), u"cookie").toLatin1();
    input.now = instant(test::numberOf(vector, u"now", 0));
    return input;
}

std::vector<base::SecretBytes> secrets(const char *first, const char *second = nullptr)
{
    std::vector<base::SecretBytes> result;
    result.emplace_back(QByteArrayView(first));
    if (second)
        result.emplace_back(QByteArrayView(second));
    return result;
}

} // namespace

class LocalResolverTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithTheLibraries_data()
    {
        QTest::addColumn<std::size_t>("index");
        const auto &cases = sessionCases();
        int inScope = 0;
        int found = 0;
        for (std::size_t i = 0; i < cases.size(); ++i) {
            const QString id = textOf(cases.at(i), u"id");
            found += outOfScope.contains(id) ? 1 : 0;
            if (cases.at(i).find(u"callbacks") || outOfScope.contains(id))
                continue;
            QTest::newRow(qPrintable(id)) << i;
            ++inScope;
        }
        QCOMPARE(found, outOfScope.size());
        QCOMPARE(inScope, casesInScope);
    }
    void agreesWithTheLibraries()
    {
        QFETCH(std::size_t, index);
        const auto &cases = sessionCases();
        const JsonValue &vector = cases.at(index);
        const JsonValue &expected = *vector.find(u"expected");
        const QString id = textOf(vector, u"id");
        const Input input = inputOf(vector);
        const base::FixedClock clock(input.now);
        test::FakeStore store;
        if (vector.find(u"db")->object())
            fill(store, *vector.find(u"db"));
        const auto resolver = engine::makeLocalResolver(input.profile, &store, Effects::Apply, clock);
        const auto resolution = resolver->resolve(input.cookie, {});

        const JsonValue &body = *expected.find(u"response")->find(u"body");
        const bool hasSession = body.find(u"user") != nullptr;
        QCOMPARE(resolution.session, hasSession ? std::optional(jose::printJson(body)) : std::nullopt);
        QCOMPARE(resolution.reason.has_value(), !hasSession);
        if (!hasSession) {
            QCOMPARE(session::nullReasonName(*resolution.reason),
                     reasons.value(id.sliced(3), QStringLiteral("not in the table")));
            QVERIFY(!resolution.evidence.isEmpty());
        }

        QStringList setCookies;
        for (const JsonValue &cookie : *expected.find(u"response")->find(u"setCookies")->array()) {
            const QString name = textOf(cookie, u"name");
            if (!name.contains(u"csrf-token") && !name.contains(u"callback-url"))
                setCookies << QString(name + u' ' + textOf(cookie, u"attributes"));
        }
        QStringList effects;
        for (const session::CookieEffect &effect : resolution.setCookies) {
            effects << shown(effect);
            QCOMPARE(effect.fingerprint.isEmpty(), effect.cleared);
        }
        QCOMPARE(effects, setCookies);
        QCOMPARE(store.calls, expectedCalls(*expected.find(u"adapterCalls")));
        QVERIFY(resolution.took.count() > 0);
    }

    void observingWritesNothing_data() { agreesWithTheLibraries_data(); }
    void observingWritesNothing()
    {
        QFETCH(std::size_t, index);
        const auto &cases = sessionCases();
        const JsonValue &vector = cases.at(index);
        const Input input = inputOf(vector);
        const base::FixedClock clock(input.now);
        test::FakeStore store;
        if (vector.find(u"db")->object())
            fill(store, *vector.find(u"db"));
        const auto resolution =
            engine::makeLocalResolver(input.profile, &store, Effects::Observe, clock)->resolve(input.cookie, {});
        const QStringList written = expectedCalls(*vector.find(u"expected")->find(u"adapterCalls"));
        QCOMPARE(store.calls, written.first(std::min<qsizetype>(written.size(), 1)));
        const auto effect = written.size() < 2                    ? session::RowEffect::None
                            : written.at(1).startsWith(u"delete") ? session::RowEffect::DeleteExpired
                                                                  : session::RowEffect::Extend;
        QCOMPARE(resolution.rowEffect, effect);
    }

    void namesTheReason_data()
    {
        QTest::addColumn<AuthVersion>("version");
        QTest::addColumn<Strategy>("strategy");
        QTest::addColumn<QByteArray>("cookie");
        QTest::addColumn<NullReason>("reason");
        const auto v4 = AuthVersion::V4;
        const auto v5 = AuthVersion::V5;
        const auto row = [](const char *name, AuthVersion version, const QByteArray &cookie, NullReason reason,
                            Strategy strategy = Strategy::Jwt) {
            QTest::newRow(name) << version << strategy << cookie << reason;
        };
        const auto token = [](AuthVersion version, const char *secret, const char *salt, const char *claims = "{}") {
            return jose::encodeToken(version, claims, secrets(secret), salt, std::chrono::seconds(100), instant(1000))
                ->view()
                .toByteArray();
        };
        const QByteArray v4Name = "next-auth.session-token";
        const QByteArray v5Name = "authjs.session-token";
        const QByteArray good4 = token(v4, "current", "");
        const QByteArray good5 = token(v5, "current", "authjs.session-token");
        const auto flipped = [](QByteArray text, qsizetype at) {
            text[at] = text.at(at) == 'A' ? 'B' : 'A';
            return text;
        };

        row("nothing", v5, "", NullReason::NoCookie);
        row("other cookies", v5, "a=1; b=2", NullReason::NoCookie);
        row("empty", v5, v5Name + '=', NullReason::EmptyCookie);
        row("empty v4", v4, v4Name + '=', NullReason::EmptyCookie);
        row("secure sibling", v5, "__Secure-" + v5Name + '=' + good5, NullReason::SecurePrefixMismatch);
        row("secure sibling in chunks", v4, "__Secure-" + v4Name + ".0=x", NullReason::SecurePrefixMismatch);
        row("v4 name at v5", v5, v4Name + '=' + good4, NullReason::OtherMajorName);
        row("secure v5 name at v4", v4, "__Secure-" + v5Name + '=' + good5, NullReason::OtherMajorName);
        row("bad percent", v4, v4Name + "=%zz", NullReason::CookieNotParsed);
        row("quotes kept", v4, v4Name + "=\"" + good4 + '"', NullReason::CookieNotParsed);
        row("duplicate", v5, v5Name + "=other; " + v5Name + '=' + good5, NullReason::DuplicateCookie);
        row("duplicate, empty first", v5, v5Name + "=; " + v5Name + '=' + good5, NullReason::DuplicateCookie);
        row("prefix sharer", v5, v5Name + '=' + good5 + "; " + v5Name + "-old=x", NullReason::PrefixSharer);
        row("chunk gap", v5, v5Name + ".0=" + good5.first(9) + "; " + v5Name + ".2=x", NullReason::ChunkMissing);
        row("first chunk missing", v5, v5Name + ".1=" + good5.sliced(100), NullReason::ChunkMissing);
        row("last chunk missing", v4, v4Name + ".0=" + good4.first(100), NullReason::ChunkMissing);
        row("chunk order", v5, v5Name + ".1=a; " + v5Name + "=b; " + v5Name + ".0=c", NullReason::ChunkOrder);
        row("surplus chunk", v4, v4Name + ".0=" + good4 + "; " + v4Name + ".1=left", NullReason::StaleChunk);
        row("plain beside chunks", v4, v4Name + "=" + good4 + "; " + v4Name + ".0=left", NullReason::StaleChunk);
        row("uuid", v5, v5Name + "=0b5a1d7e-3a50-4a3c-9f51-0f6a7a6f9d11", NullReason::DbTokenAtJwt);
        row("signed", v5, v5Name + "=eyJhbGciOiJIUzI1NiJ9.e30.AAAA", NullReason::AlgOrEncRefused);
        row("two parts", v5, v5Name + "=a.b", NullReason::MalformedToken);
        row("garbage in five parts", v5, v5Name + "=a.b.c.d.e", NullReason::MalformedToken);
        row("other secret v4", v4, v4Name + '=' + token(v4, "other", ""), NullReason::WrongSecret);
        row("older secret v4", v4, v4Name + '=' + token(v4, "older", ""), NullReason::WrongSecret);
        row("other secret v5", v5, v5Name + '=' + token(v5, "other", "authjs.session-token"), NullReason::WrongSecret);
        row("other name v5", v5, v5Name + '=' + token(v5, "current", "__Secure-authjs.session-token"),
            NullReason::WrongSalt);
        row("other name, older secret", v5, v5Name + '=' + token(v5, "older", "__Secure-authjs.session-token"),
            NullReason::WrongSalt);
        row("v4 token at v5", v5, v5Name + '=' + good4, NullReason::OtherMajorToken);
        row("v5 token at v4", v4, v4Name + '=' + good5, NullReason::OtherMajorToken);
        row("tag altered v4", v4, v4Name + '=' + flipped(good4, good4.size() - 5), NullReason::Tampered);
        row("tag altered v5", v5, v5Name + '=' + flipped(good5, good5.size() - 5), NullReason::Tampered);
        row("expired v4", v4,
            v4Name + '=' +
                jose::encodeToken(v4, "{}", secrets("current"), "", std::chrono::seconds(1), instant(100))
                    ->view()
                    .toByteArray(),
            NullReason::Expired);
        row("not yet v5", v5, v5Name + '=' + token(v5, "current", "authjs.session-token", R"({"nbf":5000})"),
            NullReason::NotBefore);
        row("nbf text", v5, v5Name + '=' + token(v5, "current", "authjs.session-token", R"({"nbf":"x"})"),
            NullReason::ClaimType);
        row("jwt at database", v5, v5Name + '=' + good5, NullReason::JwtAtDatabase, Strategy::Database);
        row("no row", v4, v4Name + "=unknown", NullReason::RowMissing, Strategy::Database);
        row("unreadable row", v4, v4Name + "=bad-row", NullReason::BadRow, Strategy::Database);
        row("orphan, expired", v5, v5Name + "=orphan", NullReason::UserMissing, Strategy::Database);
    }
    void namesTheReason()
    {
        QFETCH(AuthVersion, version);
        QFETCH(Strategy, strategy);
        QFETCH(QByteArray, cookie);
        QFETCH(NullReason, reason);
        const auto profile = std::make_shared<session::AuthProfile>();
        profile->version = version;
        profile->strategy = strategy;
        profile->secrets = secrets("current", "older");
        test::FakeStore store;
        store.rows.insert("bad-row", {QStringLiteral("u"), std::nullopt, true, {}, {}, {}, {}});
        store.rows.insert("orphan", {QStringLiteral("u"), instant(1), false, {}, {}, {}, {}});
        const base::FixedClock clock(instant(1000));
        const auto resolution = engine::makeLocalResolver(profile, &store, Effects::Apply, clock)->resolve(cookie, {});
        QVERIFY(!resolution.session);
        QCOMPARE(session::nullReasonName(*resolution.reason), session::nullReasonName(reason));
        const QString told =
            resolution.evidence + std::accumulate(resolution.trace.begin(), resolution.trace.end(), QString(),
                                                  [](const QString &text, const session::TraceStep &step) {
                                                      return QString(text + u'|' + step.detail);
                                                  });
        const QByteArray token = engine::assembleToken(*profile, cookie).view().toByteArray();
        QVERIFY2(token.size() < 8 || !told.contains(QString::fromUtf8(token)), "the token must not be told");
        QVERIFY(!told.contains(QLatin1StringView("current")) && !told.contains(QLatin1StringView("older")));
    }

    void storeTroubles_data()
    {
        QTest::addColumn<bool>("hasStore");
        QTest::addColumn<bool>("cancelled");
        QTest::addColumn<NullReason>("reason");
        QTest::newRow("none connected") << false << false << NullReason::AdapterMissing;
        QTest::newRow("down") << true << false << NullReason::AdapterError;
        QTest::newRow("caller gone") << true << true << NullReason::CancelledOrDeadline;
    }
    void storeTroubles()
    {
        QFETCH(bool, hasStore);
        QFETCH(bool, cancelled);
        QFETCH(NullReason, reason);
        std::stop_source stop;
        test::FakeStore store;
        store.failing << QStringLiteral("lookup");
        store.beforeLookup = [&] {
            if (cancelled)
                stop.request_stop();
        };
        const base::FixedClock clock(instant(1000));
        const auto resolver = engine::makeLocalResolver(std::make_shared<session::AuthProfile>(),
                                                        hasStore ? &store : nullptr, Effects::Observe, clock);
        const auto resolution =
            resolver->resolve("authjs.session-token=t", base::Call::within(std::chrono::hours(1), stop.get_token()));
        QCOMPARE(*resolution.reason, reason);
        QVERIFY(resolution.setCookies.empty());
    }

    void aCallThatIsOverAsksNobody()
    {
        test::FakeStore store;
        const base::FixedClock clock(instant(1000));
        const auto resolver =
            engine::makeLocalResolver(std::make_shared<session::AuthProfile>(), &store, Effects::Apply, clock);
        const auto resolution =
            resolver->resolve("authjs.session-token=t", base::Call::within(std::chrono::milliseconds(-1)));
        QCOMPARE(*resolution.reason, NullReason::CancelledOrDeadline);
        QVERIFY(store.calls.isEmpty());
    }

    void tellsUntilWhenACookieIsGood()
    {
        const auto profile = std::make_shared<session::AuthProfile>();
        profile->strategy = Strategy::Jwt;
        profile->secrets = secrets("s");
        const base::FixedClock clock(instant(1000));
        const auto token = jose::encodeToken(AuthVersion::V5, R"({"sub":"u7"})", profile->secrets,
                                             "authjs.session-token", std::chrono::seconds(50), instant(1000));
        const auto resolver = engine::makeLocalResolver(profile, nullptr, Effects::Observe, clock);
        const auto resolution = resolver->resolve(engine::cookieHeaderFor(*profile, *token).view(), {});
        QVERIFY(resolution.session);
        QCOMPARE(resolution.userId, QStringLiteral("u7"));
        QCOMPARE(*resolution.validUntil, instant(1064.999)); // exp 1050 and 15 s of tolerance, exclusive
        const base::FixedClock last(instant(1064.999));
        const base::FixedClock over(instant(1065));
        const auto header = engine::cookieHeaderFor(*profile, *token);
        QVERIFY(
            engine::makeLocalResolver(profile, nullptr, Effects::Observe, last)->resolve(header.view(), {}).session);
        QVERIFY(
            !engine::makeLocalResolver(profile, nullptr, Effects::Observe, over)->resolve(header.view(), {}).session);
    }

    void traceFollowsTheSteps()
    {
        test::FakeStore store;
        store.rows.insert("t", {QStringLiteral("u"), instant(2000), true, {}, {}, {}, {}});
        const base::FixedClock clock(instant(1000));
        const auto resolution =
            engine::makeLocalResolver(std::make_shared<session::AuthProfile>(), &store, Effects::Observe, clock)
                ->resolve("authjs.session-token=t", {});
        QStringList steps;
        std::chrono::nanoseconds sum{0};
        for (const session::TraceStep &step : resolution.trace) {
            steps << step.step;
            sum += step.took;
        }
        QCOMPARE(steps.join(u' '), QStringLiteral("cookies assemble lookup user expiry renew session"));
        QVERIFY(sum.count() > 0 && sum <= resolution.took);
    }

    void survivesGarbage()
    {
        QRandomGenerator random(11);
        const auto profile = std::make_shared<session::AuthProfile>();
        profile->strategy = Strategy::Jwt;
        profile->version = AuthVersion::V4;
        profile->cookieName = "s";
        profile->secrets = secrets("current", "older");
        const base::FixedClock clock(instant(1000));
        const auto resolver = engine::makeLocalResolver(profile, nullptr, Effects::Observe, clock);
        const QByteArray alphabet("s=;.0159 \"%eyJA\xff", 17);
        for (int round = 0; round < 5000; ++round) {
            QByteArray header(random.bounded(60), Qt::Uninitialized);
            for (char &c : header)
                c = alphabet.at(random.bounded(static_cast<int>(alphabet.size())));
            const auto resolution = resolver->resolve(header, {});
            QVERIFY(!resolution.session && resolution.reason);
        }
    }
};

QTEST_GUILESS_MAIN(LocalResolverTest)
#include "tst_LocalResolver.moc"
