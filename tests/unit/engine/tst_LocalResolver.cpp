#include <QtTest>

#include "core/engine/SessionEngine.h"
#include "core/jose/TokenCodec.h"
#include "tests/unit/engine/FakeStore.h"

using namespace rollcall;
using engine::Effects;
using session::AuthVersion;
using session::NullReason;
using session::Strategy;

namespace {

base::Instant instant(double seconds)
{
    return base::Instant(std::chrono::milliseconds(static_cast<qint64>(seconds * 1000)));
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
        row("callback that is no web address v5", v5, v5Name + '=' + good5 + "; authjs.callback-url=javascript%3A1",
            NullReason::InvalidCallbackUrl);
        row("callback that is no address v4", v4, v4Name + '=' + good4 + "; next-auth.callback-url=home",
            NullReason::InvalidCallbackUrl);
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
