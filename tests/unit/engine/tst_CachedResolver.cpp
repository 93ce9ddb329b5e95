#include <QtTest>

#include <atomic>
#include <barrier>
#include <latch>
#include <semaphore>
#include <thread>

#include "core/engine/SessionEngine.h"
#include "tests/support/ManualClock.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using session::NullReason;
using session::Resolution;
using session::StepOutcome;

namespace {

using Answer = std::function<Resolution(const Call &)>;

/// A source that counts its calls.
class CountingSource final : public engine::Resolver
{
public:
    CountingSource(std::atomic<int> &calls, Answer answer) : m_calls(calls), m_answer(std::move(answer)) {}
    Resolution resolve(QByteArrayView, const Call &call) override
    {
        ++m_calls;
        return m_answer(call);
    }

private:
    std::atomic<int> &m_calls;
    Answer m_answer;
};

/// A cache whose every function fails.
class BrokenCache final : public cache::SessionCache
{
public:
    base::Result<Found> find(QByteArrayView, const Call &) override { return broken(); }
    base::Status store(QByteArrayView, const Entry &, std::chrono::milliseconds, quint64, const Call &) override
    {
        return broken();
    }
    base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView>, const Call &) override
    {
        return broken();
    }
    base::Result<qint64> eraseUser(const QString &, const Call &) override { return broken(); }
    base::Status noteSignIn(const QString &, const Call &) override { return broken(); }
    base::Status clear(const Call &) override { return broken(); }

private:
    static tl::unexpected<base::Error> broken() { return base::fail(base::Error(base::ErrorCode::ConnectionLost)); }
};

/// A cache in which something happens right after the first look-up.
class EventfulCache final : public cache::SessionCache
{
public:
    EventfulCache(std::shared_ptr<cache::SessionCache> inner, std::function<void()> afterFirstFind)
        : m_inner(std::move(inner)), m_afterFirstFind(std::move(afterFirstFind))
    {}
    base::Result<Found> find(QByteArrayView token, const Call &call) override
    {
        auto found = m_inner->find(token, call);
        if (const auto event = std::exchange(m_afterFirstFind, {}))
            event();
        return found;
    }
    base::Status store(QByteArrayView token, const Entry &entry, std::chrono::milliseconds ttl, quint64 generation,
                       const Call &call) override
    {
        return m_inner->store(token, entry, ttl, generation, call);
    }
    base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView> tokens, const Call &call) override
    {
        return m_inner->eraseMany(tokens, call);
    }
    base::Result<qint64> eraseUser(const QString &userId, const Call &call) override
    {
        return m_inner->eraseUser(userId, call);
    }
    base::Status noteSignIn(const QString &userId, const Call &call) override
    {
        return m_inner->noteSignIn(userId, call);
    }
    base::Status clear(const Call &call) override { return m_inner->clear(call); }

private:
    std::shared_ptr<cache::SessionCache> m_inner;
    std::function<void()> m_afterFirstFind;
};

Resolution sessionFor(const char *json, const char *userId = "u1")
{
    Resolution resolution;
    resolution.session = QByteArray(json);
    resolution.userId = QString::fromLatin1(userId);
    resolution.trace.push_back({QStringLiteral("lookup"), StepOutcome::Ok, {}, 5ns});
    return resolution;
}

Resolution absence(NullReason reason)
{
    Resolution resolution;
    resolution.reason = reason;
    return resolution;
}

} // namespace

class CachedResolverTest final : public QObject
{
    Q_OBJECT

private:
    test::ManualClock m_clock;
    std::atomic<int> m_calls{0};
    std::shared_ptr<cache::SessionCache> m_cache;
    const std::shared_ptr<const session::AuthProfile> m_profile = std::make_shared<session::AuthProfile>();

    std::unique_ptr<engine::Resolver> resolver(Answer answer, std::chrono::milliseconds ttl = 60s)
    {
        return engine::makeCachedResolver(m_profile, std::make_unique<CountingSource>(m_calls, std::move(answer)),
                                          m_cache, ttl);
    }
    static QByteArray cookie(const char *token) { return QByteArray("authjs.session-token=") + token; }
    static QByteArray keyOf(const char *token) { return cache::cacheKey(QByteArrayView(token)); }

    /// Another caller's look-up of "t" that stays with the source until letGo(), to be answered then.
    class HeldLookUp
    {
    public:
        HeldLookUp(CachedResolverTest &test, Resolution answer)
            : m_caller([this, &test, answer = std::move(answer)] {
                  const auto held = test.resolver([this, &answer](const Call &) {
                      m_asked.release();
                      m_go.acquire();
                      return answer;
                  });
                  static_cast<void>(held->resolve(cookie("t"), {}));
              })
        {
            m_asked.acquire();
        }
        ~HeldLookUp() { letGo(); }
        HeldLookUp(const HeldLookUp &) = delete;
        HeldLookUp &operator=(const HeldLookUp &) = delete;

        /// Returns once it was answered.
        void letGo()
        {
            if (!m_caller.joinable())
                return;
            m_go.release();
            m_caller.join();
        }

    private:
        std::binary_semaphore m_asked{0};
        std::binary_semaphore m_go{0};
        std::jthread m_caller;
    };

private Q_SLOTS:
    void init()
    {
        m_calls = 0;
        m_cache = engine::makeMemoryCache(1 << 20, m_clock);
    }

    void remembersForItsTimeFromFill()
    {
        const auto cached = resolver([](const Call &) { return sessionFor("{\"a\":1}"); }, 10s);
        const auto first = cached->resolve(cookie("t"), {});
        QCOMPARE(first.trace.front().step, QStringLiteral("cache"));
        QCOMPARE(first.trace.front().outcome, StepOutcome::Miss);
        QCOMPARE(first.trace.at(1).step, QStringLiteral("lookup"));
        m_clock.advance(9s);
        const auto hit = cached->resolve(cookie("t"), {});
        QCOMPARE(*hit.session, QByteArray("{\"a\":1}"));
        QCOMPARE(hit.trace.size(), std::size_t{1});
        QCOMPARE(hit.trace.front().outcome, StepOutcome::Hit);
        QVERIFY(hit.took.count() > 0);
        QCOMPARE(m_calls.load(), 1);
        m_clock.advance(1s); // the hit must not have lengthened it
        QCOMPARE(cached->resolve(cookie("t"), {}).trace.front().outcome, StepOutcome::Miss);
        QCOMPARE(m_calls.load(), 2);
    }

    void withoutATraceItAnswersTheSame()
    {
        const auto end = m_clock.now() + 40s;
        const auto source = [end](const Call &) {
            auto resolution = sessionFor("{\"a\":1}");
            resolution.validUntil = end;
            return resolution;
        };
        const auto cached = engine::makeCachedResolver(m_profile, std::make_unique<CountingSource>(m_calls, source),
                                                       m_cache, 10s, engine::Trace::Off);
        static_cast<void>(cached->resolve(cookie("t"), {}));
        // A token that stands in the header as it is, and one that has to be decoded: a hit of either.
        for (const QByteArray &header : {cookie("t"), cookie("%74")}) {
            const auto hit = cached->resolve(header, {});
            QCOMPARE(hit.session, std::optional(QByteArray("{\"a\":1}")));
            QCOMPARE(hit.validUntil, std::optional(end));
            QVERIFY(!hit.reason);
            QVERIFY(hit.trace.empty());
        }
        QCOMPARE(m_calls.load(), 1);
        m_clock.advance(9'999ms);
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), 1);
        m_clock.advance(1ms);
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), 2);
        QVERIFY(m_cache->erase("t", {}).value());
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), 3);
        QVERIFY(m_cache->noteSignIn(QStringLiteral("u1"), {}).has_value());
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), 4);
    }

    void neverBeyondTheSessionsOwnEnd()
    {
        const auto end = m_clock.now() + 3s;
        const auto cached = resolver([end](const Call &) {
            auto resolution = sessionFor("{}");
            resolution.validUntil = end;
            return resolution;
        });
        static_cast<void>(cached->resolve(cookie("t"), {}));
        m_clock.advance(3s);
        QCOMPARE(cached->resolve(cookie("t"), {}).trace.front().outcome, StepOutcome::Hit);
        m_clock.advance(1ms);
        QCOMPARE(cached->resolve(cookie("t"), {}).trace.front().outcome, StepOutcome::Miss);
    }

    void absencesAreShort_data()
    {
        QTest::addColumn<NullReason>("reason");
        QTest::addColumn<bool>("remembered");
        QTest::newRow("row missing") << NullReason::RowMissing << true;
        QTest::newRow("expired") << NullReason::Expired << true;
        QTest::newRow("proxy null") << NullReason::ProxyNull << true;
        QTest::newRow("adapter error") << NullReason::AdapterError << false;
        QTest::newRow("network error") << NullReason::ProxyNetworkError << false;
        QTest::newRow("not before") << NullReason::NotBefore << false;
        QTest::newRow("missing secret") << NullReason::MissingSecret << false;
        QTest::newRow("deadline") << NullReason::CancelledOrDeadline << false;
    }
    void absencesAreShort()
    {
        QFETCH(NullReason, reason);
        QFETCH(bool, remembered);
        const auto cached = resolver([reason](const Call &) { return absence(reason); });
        QCOMPARE(*cached->resolve(cookie("t"), {}).reason, reason);
        m_clock.advance(4999ms);
        const auto again = cached->resolve(cookie("t"), {});
        QCOMPARE(*again.reason, reason);
        QCOMPARE(m_calls.load(), remembered ? 1 : 2);
        m_clock.advance(1ms);
        const int before = m_calls;
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), before + 1);
    }

    void hugeSessionsAreNotKept()
    {
        const auto cached = resolver([](const Call &) { return sessionFor(QByteArray(70'000, 'x').constData()); });
        static_cast<void>(cached->resolve(cookie("t"), {}));
        static_cast<void>(cached->resolve(cookie("t"), {}));
        QCOMPARE(m_calls.load(), 2);
    }

    void forgetsOnRequest()
    {
        const auto one = resolver([](const Call &) { return sessionFor("{}", "u1"); });
        const auto two = resolver([](const Call &) { return sessionFor("{}", "u2"); });
        const auto fill = [&] {
            static_cast<void>(one->resolve(cookie("a"), {}));
            static_cast<void>(one->resolve(cookie("b"), {}));
            static_cast<void>(two->resolve(cookie("c"), {}));
            m_calls = 0;
        };
        const auto misses = [&] {
            for (const char *token : {"a", "b", "c"})
                static_cast<void>(one->resolve(cookie(token), {}));
            return m_calls.load();
        };
        fill();
        QCOMPARE(misses(), 0);
        QCOMPARE(m_cache->erase("a", {}).value(), true);
        QCOMPARE(m_cache->erase("a", {}).value(), false);
        QCOMPARE(misses(), 1);
        QVERIFY(m_cache->clear({}).has_value());
        fill();
        QCOMPARE(m_cache->eraseUser(QStringLiteral("u1"), {}).value(), 2);
        QCOMPARE(m_cache->eraseUser(QString(), {}).value(), 0);
        QCOMPARE(misses(), 2);
        fill();
        QVERIFY(m_cache->clear({}).has_value());
        QCOMPARE(misses(), 3);
    }

    void keysDoNotOpenSessions()
    {
        QCOMPARE(keyOf("t").size(), 64);
        QVERIFY(!keyOf("some-token").contains("some-token"));
    }

    void aFailingCacheIsReportedAndPassed()
    {
        m_cache = std::make_shared<BrokenCache>();
        const auto cached = resolver([](const Call &) { return sessionFor("{}"); });
        const auto resolution = cached->resolve(cookie("t"), {});
        QVERIFY(resolution.session);
        QCOMPARE(resolution.trace.front().step, QStringLiteral("cache"));
        QCOMPARE(resolution.trace.front().outcome, StepOutcome::Error);
        QCOMPARE(resolution.trace.front().detail, QStringLiteral("cache-unavailable (ConnectionLost)"));
        QCOMPARE(resolution.trace.back().detail, QStringLiteral("not kept: ConnectionLost"));
    }

    void withoutATokenNothingIsRemembered()
    {
        const auto cached = resolver([](const Call &) { return absence(NullReason::NoCookie); });
        for (int i = 0; i < 2; ++i) {
            const auto resolution = cached->resolve("other=1", {});
            QCOMPARE(*resolution.reason, NullReason::NoCookie);
            QCOMPARE(resolution.trace.front().outcome, StepOutcome::Skipped);
        }
        QCOMPARE(m_calls.load(), 2);
    }

    void oneLookUpServesAllWhoAskAtOnce()
    {
        constexpr int callers = 8;
        std::counting_semaphore<callers> asked(0);
        std::counting_semaphore<callers> go(0);
        const Answer slow = [&](const Call &) {
            asked.release();
            go.acquire();
            return sessionFor("{\"one\":1}");
        };
        std::atomic<int> sessions{0};
        std::atomic<int> shared{0};
        std::vector<std::jthread> threads;
        const auto ask = [&] {
            const auto resolution = resolver(slow)->resolve(cookie("t"), Call::within(1min));
            sessions += resolution.session == QByteArray("{\"one\":1}") ? 1 : 0;
            shared += resolution.trace.back().detail.startsWith(u"shared") ? 1 : 0;
        };
        threads.emplace_back(ask);
        asked.acquire(); // the first is with the source now
        for (int i = 1; i < callers; ++i)
            threads.emplace_back(ask);
        const bool allWait = QTest::qWaitFor(
            [this] { return m_cache->flights().waiting() == callers - 1 || m_calls.load() > 1; }, 20'000);
        go.release(callers); // for whoever is with the source, one or, wrongly, many
        threads.clear();
        QVERIFY(allWait);
        QCOMPARE(m_calls.load(), 1);
        QCOMPARE(sessions.load(), callers);
        QCOMPARE(shared.load(), callers - 1);
    }

    void aLookUpThatEndedMeanwhileIsNotRepeated()
    {
        const Answer answer = [](const Call &) { return sessionFor("{}"); };
        // Another caller asks and is answered between this caller's miss and its turn.
        m_cache = std::make_shared<EventfulCache>(
            m_cache, [&] { QVERIFY(resolver(answer)->resolve(cookie("t"), {}).session.has_value()); });
        QVERIFY(resolver(answer)->resolve(cookie("t"), {}).session.has_value());
        QCOMPARE(m_calls.load(), 1);
    }

    void aWaitingCallerHasItsOwnDeadline()
    {
        HeldLookUp leader(*this, sessionFor("{}"));
        const auto impatient = resolver([](const Call &) { return sessionFor("{}"); });
        QCOMPARE(*impatient->resolve(cookie("t"), Call::within(20ms)).reason, NullReason::CancelledOrDeadline);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(*impatient->resolve(cookie("t"), Call::within(1h, stop.get_token())).reason,
                 NullReason::CancelledOrDeadline);
        QCOMPARE(m_calls.load(), 1);
    }

    void anothersDeadlineIsNotShared()
    {
        HeldLookUp leader(*this, absence(NullReason::CancelledOrDeadline));
        std::latch about(1);
        std::atomic<bool> served{false};
        std::jthread follower([&] {
            about.count_down();
            const auto resolution =
                resolver([](const Call &) { return sessionFor("{}"); })->resolve(cookie("t"), Call::within(1min));
            served = resolution.session.has_value();
        });
        about.wait();
        leader.letGo();
        follower.join();
        QVERIFY(served);
        QCOMPARE(m_calls.load(), 2);
    }

    void aLookUpThatThrowsLeavesNothingBehind()
    {
        cache::SingleFlight &flights = m_cache->flights();
        const auto ask = [&](const cache::SingleFlight::Fetch &fetch) {
            return flights.run("k", Call::within(1min), fetch);
        };
        QVERIFY_THROWS_EXCEPTION(std::bad_alloc, ask([](const auto &) -> Resolution { throw std::bad_alloc(); }));
        const auto next = ask([](const auto &) { return sessionFor("{}"); });
        QVERIFY2(next, "waited for a look-up that is no more");
        QVERIFY(!next->shared && next->resolution->session);
    }

    void whoeverWaitsForALookUpThatThrowsTakesOver()
    {
        cache::SingleFlight &flights = m_cache->flights();
        std::binary_semaphore asked(0);
        std::atomic<bool> hasThrown{false};
        std::jthread leader([&] {
            try {
                static_cast<void>(flights.run("k", {}, [&](const auto &) -> Resolution {
                    asked.release();
                    const auto until = Call::Clock::now() + 20s;
                    while (flights.waiting() == 0 && Call::Clock::now() < until)
                        std::this_thread::yield();
                    throw std::bad_alloc();
                }));
            } catch (const std::bad_alloc &) {
                hasThrown = true;
            }
        });
        asked.acquire();
        const auto answer = flights.run("k", Call::within(1min), [](const auto &) { return sessionFor("{}"); });
        leader.join();
        QVERIFY(hasThrown);
        QVERIFY(answer && !answer->shared && answer->resolution->session);
    }

    void anInvalidationOutrunsALookUpUnderWay()
    {
        HeldLookUp leader(*this, sessionFor("{\"stale\":1}"));
        // The row is deleted and the cache told while the answer is still on its way.
        QVERIFY(m_cache->erase("t", {}).has_value());
        const auto after = resolver([](const Call &) { return absence(NullReason::RowMissing); });
        QCOMPARE(*after->resolve(cookie("t"), Call::within(1min)).reason, NullReason::RowMissing);
        leader.letGo();
        QCOMPARE(*after->resolve(cookie("t"), {}).reason, NullReason::RowMissing);
    }
};

QTEST_GUILESS_MAIN(CachedResolverTest)
#include "tst_CachedResolver.moc"
