#include <QTest>

#include "core/engine/betterauth/BetterAuthResolver.h"
#include "core/engine/betterauth/CookieCache.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/http/Cookie.h"
#include "tests/support/MemorySessionRows.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using namespace rollcall::engine::betterauth;
using engine::Effects;
using session::NullReason;

namespace {

const base::Instant now{std::chrono::seconds(1'760'000'000)};
const QByteArray secret = QByteArrayLiteral("a secret of the tests, long enough for anything");

jose::JsonValue json(const QString &text)
{
    return jose::parseJson(text).value();
}

QByteArray tokenCookie(const QByteArray &token, const QByteArray &signer = secret)
{
    return QByteArrayLiteral("better-auth.session_token=") + http::encodeUriComponent(signCookie(signer, token).view());
}

Options makeOptions()
{
    Options options;
    options.baseUrl = QByteArrayLiteral("http://localhost:3000");
    options.secrets.emplace_back(QByteArrayView(secret));
    return options;
}

/// Rows of the tokens live, due, over and orphan.
std::unique_ptr<test::MemorySessionRows> makeRows()
{
    const auto row = [](const QString &token, const QString &expiresAt, const QString &user) {
        return json(
            QStringLiteral(R"({"id":"s","token":"%1","expiresAt":"%2","userId":"%3"})").arg(token, expiresAt, user));
    };
    const QString far = QStringLiteral("2025-10-16T07:53:20.000Z");
    return std::make_unique<test::MemorySessionRows>(
        jose::JsonValue::Array{
            row(QStringLiteral("live"), far, QStringLiteral("u1")),
            row(QStringLiteral("due"), QStringLiteral("2025-10-10T08:53:20.000Z"), QStringLiteral("u1")),
            row(QStringLiteral("over"), QStringLiteral("2025-10-09T08:53:19.000Z"), QStringLiteral("u1")),
            row(QStringLiteral("orphan"), far, QStringLiteral("gone"))},
        jose::JsonValue::Array{json(QStringLiteral(R"({"id":"u1","name":"Ada","email":"ada@example.test"})"))});
}

session::Resolution resolve(const QByteArray &cookies, const Options &options = makeOptions(),
                            std::unique_ptr<SessionRows> rows = makeRows(),
                            std::unique_ptr<SecondaryStorage> storage = nullptr)
{
    const base::FixedClock clock(now);
    BetterAuthResolver resolver(makeConfig(options), std::move(rows), std::move(storage), Effects::Observe, clock);
    return resolver.resolve(cookies, {});
}

} // namespace

class BetterAuthResolverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheReason_data();
    void namesTheReason();
    void namesTheReasonOfStores();
    void observesOrApplies();
    void resolvesOverASessionStore();
    void needsASecret();
    void survivesHostileCookies_data();
    void survivesHostileCookies();
};

void BetterAuthResolverTest::namesTheReason_data()
{
    QTest::addColumn<QByteArray>("cookies");
    QTest::addColumn<NullReason>("reason");
    QTest::addColumn<int>("setCookies");
    const QByteArray good = tokenCookie("live");
    QTest::newRow("nothing") << QByteArray() << NullReason::NoCookie << 0;
    QTest::newRow("empty") << QByteArray("better-auth.session_token=") << NullReason::EmptyCookie << 0;
    QTest::newRow("secure sibling") << QByteArray("__Secure-" + good) << NullReason::SecurePrefixMismatch << 0;
    QTest::newRow("NextAuth's") << QByteArray("next-auth.session-token=x") << NullReason::OtherMajorName << 0;
    QTest::newRow("twice") << QByteArray("better-auth.session_token=x; " + good) << NullReason::DuplicateCookie << 0;
    QTest::newRow("bad percent") << QByteArray(good + "%zz") << NullReason::CookieNotParsed << 0;
    QTest::newRow("other secret") << tokenCookie("live", "another") << NullReason::BaBadSignature << 0;
    QTest::newRow("unsigned") << QByteArray("better-auth.session_token=live") << NullReason::BaUnsigned << 0;
    QTest::newRow("cache alone") << QByteArray("better-auth.session_data=x") << NullReason::BaCacheWithoutToken << 1;
    QTest::newRow("no row") << tokenCookie("unknown") << NullReason::RowMissing << 3;
    QTest::newRow("expired") << tokenCookie("over") << NullReason::RowExpired << 3;
    QTest::newRow("no user") << tokenCookie("orphan") << NullReason::UserMissing << 3;
}

void BetterAuthResolverTest::namesTheReason()
{
    QFETCH(QByteArray, cookies);
    QFETCH(NullReason, reason);
    const auto resolution = resolve(cookies);
    QVERIFY(!resolution.session);
    QCOMPARE(resolution.reason, std::optional(reason));
    QTEST(static_cast<int>(resolution.setCookies.size()), "setCookies");
}

void BetterAuthResolverTest::namesTheReasonOfStores()
{
    auto broken = makeRows();
    broken->breakDown();
    QCOMPARE(resolve(tokenCookie("live"), makeOptions(), std::move(broken)).reason,
             std::optional(NullReason::BaStoreError));

    Options stored = makeOptions();
    stored.hasSecondaryStorage = true;
    auto storage = std::make_unique<test::MemoryStorage>(jose::JsonValue(jose::JsonValue::Object()));
    QCOMPARE(resolve(tokenCookie("live"), stored, makeRows(), std::move(storage)).reason,
             std::optional(NullReason::BaStorageMiss));

    const base::FixedClock clock(now);
    auto lost = makeRows();
    lost->loseOnRenewal();
    BetterAuthResolver applying(makeConfig(makeOptions()), std::move(lost), nullptr, Effects::Apply, clock);
    const auto gone = applying.resolve(tokenCookie("due"), {});
    QCOMPARE(gone.reason, std::optional(NullReason::BaGoneWhileRenewing));
    QCOMPARE(gone.setCookies.size(), std::size_t(3));

    Options cached = makeOptions();
    cached.cacheEnabled = true;
    QCOMPARE(resolve(QByteArray(tokenCookie("live") + "; better-auth.session_data=!"), cached).reason,
             std::optional(NullReason::BaCacheRefused));
}

void BetterAuthResolverTest::observesOrApplies()
{
    const base::FixedClock clock(now);
    for (const Effects effects : {Effects::Observe, Effects::Apply}) {
        auto owned = makeRows();
        const test::MemorySessionRows &rows = *owned;
        const QByteArray before = jose::printJson(jose::JsonValue(rows.sessions()));
        BetterAuthResolver resolver(makeConfig(makeOptions()), std::move(owned), nullptr, effects, clock);
        const auto renewed = resolver.resolve(tokenCookie("due"), {});
        QVERIFY(renewed.session);
        QVERIFY(renewed.session->contains("2025-10-16T08:53:20.000Z"));
        QCOMPARE(renewed.rowEffect, session::RowEffect::Extend);
        QCOMPARE(resolver.resolve(tokenCookie("over"), {}).rowEffect, session::RowEffect::DeleteExpired);
        const bool changed = jose::printJson(jose::JsonValue(rows.sessions())) != before;
        QCOMPARE(changed, effects == Effects::Apply);
        QCOMPARE(rows.sessions().size(), std::size_t(effects == Effects::Apply ? 3 : 4));
    }
}

void BetterAuthResolverTest::resolvesOverASessionStore()
{
    test::FakeStore store;
    store::SessionRow row;
    row.userId = QStringLiteral("u1");
    row.hasUser = true;
    row.userName = QStringLiteral("Ada");
    row.expires = now + std::chrono::hours(24 * 7) - std::chrono::hours(1);
    store.rows.insert("live", row);
    auto profile = std::make_shared<session::AuthProfile>();
    profile->version = session::AuthVersion::BetterAuth;
    profile->secrets.emplace_back(QByteArrayView(secret));
    const base::FixedClock clock(now);
    const auto resolver = engine::makeLocalResolver(profile, &store, Effects::Observe, clock);
    const auto found = resolver->resolve(tokenCookie("live"), {});
    QVERIFY(found.session);
    QVERIFY(found.session->contains(R"("name":"Ada")"));
    QCOMPARE(found.userId, QStringLiteral("u1"));
    QCOMPARE(resolver->resolve(tokenCookie("other"), {}).reason, std::optional(NullReason::RowMissing));
    const auto unconnected = engine::makeLocalResolver(profile, nullptr, Effects::Observe, clock);
    QCOMPARE(unconnected->resolve(tokenCookie("live"), {}).reason, std::optional(NullReason::BaStoreError));
}

void BetterAuthResolverTest::needsASecret()
{
    Options options = makeOptions();
    options.secrets.clear();
    QCOMPARE(resolve(tokenCookie("live"), options).reason, std::optional(NullReason::MissingSecret));
}

void BetterAuthResolverTest::survivesHostileCookies_data()
{
    QTest::addColumn<QByteArray>("data");
    const QByteArray name = "; better-auth.session_data";
    QByteArray chunks;
    for (int i = 0; i < 1000; ++i)
        chunks += name + '.' + QByteArray::number(999 - i) + "=eyJh";
    const auto sealed = [&name](const QByteArray &text) -> QByteArray {
        return name + '=' + text.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    };
    QTest::newRow("a thousand chunks") << chunks;
    QTest::newRow("huge") << QByteArray(name + '=' + QByteArray(2'000'000, 'A'));
    QTest::newRow("huge number of a chunk") << QByteArray(name + ".99999999999999999999999=x");
    QTest::newRow("deep") << sealed(QByteArray(100'000, '['));
    QTest::newRow("array") << sealed("[]");
    QTest::newRow("wrong types") << sealed(R"({"session":[],"expiresAt":"x","signature":7})");
    QTest::newRow("infinite end") << sealed(R"({"session":{},"expiresAt":1e999,"signature":"AA"})");
    QTest::newRow("signature not base64") << sealed(R"({"session":{},"expiresAt":1,"signature":"!"})");
    QTest::newRow("not UTF-8") << sealed("\xff\xfe{");
    QTest::newRow("dots") << QByteArray(name + "=....");
    QTest::newRow("three parts") << QByteArray(name + "=e30.e30.e30");
    QTest::newRow("dates out of range") << sealed(
        R"({"session":{"session":{"expiresAt":"9999-12-31T23:59:59.999999999999Z"}},"expiresAt":-1e308,"signature":""})");
}

void BetterAuthResolverTest::survivesHostileCookies()
{
    QFETCH(QByteArray, data);
    for (const CacheStrategy strategy : {CacheStrategy::Compact, CacheStrategy::Jwt, CacheStrategy::Jwe}) {
        Options options = makeOptions();
        options.cacheEnabled = true;
        options.cacheStrategy = strategy;
        const auto resolution = resolve(QByteArray(tokenCookie("live") + data), options);
        // Either the row was asked after all, or the library's decoder throws as well.
        QVERIFY(resolution.session || resolution.reason == NullReason::BaCacheRefused);
    }
}

QTEST_GUILESS_MAIN(BetterAuthResolverTest)
#include "tst_BetterAuthResolver.moc"
