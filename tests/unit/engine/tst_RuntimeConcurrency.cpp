#include <QtTest>

#include <atomic>
#include <thread>

#include "core/engine/SessionRuntime.h"

using namespace rollcall;
using engine::RequestHeaders;
using engine::SessionRuntime;
using session::NullReason;

namespace {

std::shared_ptr<const session::AuthProfile> profileWith(const QByteArray &secret)
{
    auto profile = std::make_shared<session::AuthProfile>();
    profile->strategy = session::Strategy::Jwt;
    profile->secrets.emplace_back(QByteArrayView(secret));
    return profile;
}

engine::LocalRuntime localWith(const QByteArray &secret)
{
    engine::LocalRuntime runtime;
    runtime.profile = profileWith(secret);
    return runtime;
}

QByteArray cookieSealedWith(const QByteArray &secret)
{
    const auto token = engine::mintCanaryJwt(*profileWith(secret), std::chrono::hours(1), base::SystemClock().now());
    return token ? QByteArray("authjs.session-token=" + token->view().toByteArray()) : QByteArray();
}

} // namespace

/// The runtime under many threads: run with the thread sanitizer as well.
class RuntimeConcurrencyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unconfiguredIsAnError()
    {
        const SessionRuntime runtime;
        const auto session = runtime.getServerSession(RequestHeaders(), {});
        QVERIFY(!session && session.error().code == base::ErrorCode::Unconfigured);
        const auto token = runtime.getToken(RequestHeaders(), false, {});
        QVERIFY(!token && token.error().code == base::ErrorCode::Unconfigured);
    }

    void aProxyIsCheckedWhenConfigured()
    {
        SessionRuntime runtime;
        engine::ProxyRuntime proxy;
        proxy.profile = profileWith("s");
        proxy.options.baseUrl = QUrl(QStringLiteral("https://ada:secret@app.example"));
        const base::Status refused = runtime.configureProxy(proxy);
        QVERIFY(!refused && refused.error().code == base::ErrorCode::UrlInvalid);
        // Nothing is in force.
        QVERIFY(!runtime.getServerSession(RequestHeaders(), {}));
        proxy.options.baseUrl = QUrl(QStringLiteral("https://app.example"));
        QVERIFY(runtime.configureProxy(proxy));
    }

    void theLastConfigurationWins()
    {
        SessionRuntime runtime;
        const QByteArray cookie = cookieSealedWith("one");
        QVERIFY(runtime.configureLocal(localWith("one")));
        QVERIFY(runtime.getServerSession(RequestHeaders::fromCookie(cookie), {})->session);
        QVERIFY(runtime.configureLocal(localWith("two")));
        QCOMPARE(runtime.getServerSession(RequestHeaders::fromCookie(cookie), {})->reason, NullReason::WrongSecret);
    }

    void aTargetOnAnotherOriginIsRefused()
    {
        bool asked = false;
        engine::ProxyRuntime proxy;
        proxy.profile = profileWith("s");
        proxy.options.baseUrl = QUrl(QStringLiteral("https://auth.test"));
        proxy.options.targetBasePath = "//other.test/auth";
        proxy.options.fetch = [&asked](const auto &, const auto &) -> base::Result<http::HttpResponse> {
            asked = true;
            return http::HttpResponse();
        };
        SessionRuntime runtime;
        QVERIFY(runtime.configureProxy(std::move(proxy)));
        const auto session = runtime.getServerSession(RequestHeaders::fromCookie("authjs.session-token=t"), {});
        QCOMPARE(session->reason, NullReason::ProxyOriginMismatch);
        QVERIFY(!asked);
    }

    void resolvesWhileTheConfigurationIsSwapped()
    {
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(localWith("one")));
        const QByteArray cookie = cookieSealedWith("one");
        QVERIFY(!cookie.isEmpty());
        std::atomic<int> sessions = 0;
        std::atomic<int> nulls = 0;
        std::atomic<int> others = 0;
        {
            std::vector<std::jthread> readers;
            for (int i = 0; i < 3; ++i) {
                readers.emplace_back([&] {
                    for (int k = 0; k < 300; ++k) {
                        const auto answer = runtime.getServerSession(RequestHeaders::fromCookie(cookie), {});
                        if (answer && answer->session)
                            ++sessions;
                        else if (answer && answer->reason == NullReason::WrongSecret)
                            ++nulls;
                        else
                            ++others;
                    }
                });
            }
            for (int k = 0; k < 100; ++k)
                QVERIFY(runtime.configureLocal(localWith(k % 2 == 0 ? "two" : "one")));
        }
        // Each answer is of one configuration or the other, never of a mixture.
        QCOMPARE(others.load(), 0);
        QCOMPARE(sessions.load() + nulls.load(), 900);
        QVERIFY(sessions.load() > 0);
    }
};

QTEST_GUILESS_MAIN(RuntimeConcurrencyTest)
#include "tst_RuntimeConcurrency.moc"
