#include <QtTest>

#include <atomic>
#include <mutex>
#include <thread>

#include "core/cache/MemoryCache.h"
#include "core/engine/SessionRuntime.h"

using namespace rollcall;
using engine::RequestHeaders;
using engine::SessionRuntime;
using session::NullReason;

namespace {

/// A database of sessions in this process: the users of tokens. **Thread-safety:** thread-safe.
class Rows final
{
public:
    void put(const QByteArray &token, const QByteArray &user)
    {
        const std::lock_guard lock(m_mutex);
        m_users[token] = user;
    }
    void remove(const QByteArray &token)
    {
        const std::lock_guard lock(m_mutex);
        m_users.erase(token);
    }
    std::optional<QByteArray> user(const QByteArray &token) const
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_users.find(token);
        return found == m_users.end() ? std::nullopt : std::optional(found->second);
    }

private:
    mutable std::mutex m_mutex;
    std::map<QByteArray, QByteArray> m_users;
};

class RowsAdapter final : public engine::Adapter
{
public:
    explicit RowsAdapter(const Rows &rows) : m_rows(rows) {}

    base::Result<std::optional<engine::SessionAndUser>> getSessionAndUser(QByteArrayView token,
                                                                          const base::Call &) override
    {
        return row(token.toByteArray());
    }
    base::Result<std::vector<std::optional<engine::SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &) override
    {
        std::vector<std::optional<engine::SessionAndUser>> all;
        for (const QByteArrayView token : tokens)
            all.push_back(row(token.toByteArray()));
        return all;
    }
    base::Status updateSession(QByteArrayView, base::Instant, const base::Call &) override { return {}; }
    base::Status deleteSession(QByteArrayView, base::Instant, const base::Call &) override { return {}; }

private:
    std::optional<engine::SessionAndUser> row(const QByteArray &token) const
    {
        const auto user = m_rows.user(token);
        std::this_thread::yield(); // the answer is on its way while the row changes
        if (!user)
            return std::nullopt;
        const auto parsed = [](const QByteArray &json) {
            return jose::parseJson(QString::fromUtf8(json)).value_or(jose::JsonValue());
        };
        engine::SessionAndUser both;
        both.expires = base::SystemClock().now() + std::chrono::hours(24 * 30);
        both.session = parsed("{\"sessionToken\":\"" + token + "\",\"userId\":\"" + *user + "\",\"expires\":\"" +
                              base::toIso(both.expires).toLatin1() + "\"}");
        both.user = parsed("{\"id\":\"" + *user + "\",\"name\":\"" + *user + "\"}");
        return both;
    }

    const Rows &m_rows;
};

const std::shared_ptr<const session::AuthProfile> profile = [] {
    auto made = std::make_shared<session::AuthProfile>();
    made->strategy = session::Strategy::Database;
    made->secrets.emplace_back(QByteArrayView("a-secret-of-tests"));
    return made;
}();

engine::LocalRuntime local(const Rows &rows, std::shared_ptr<cache::SessionCache> cache)
{
    engine::LocalRuntime runtime;
    runtime.profile = profile;
    runtime.openAdapter = [&rows](const base::Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
        return std::make_unique<RowsAdapter>(rows);
    };
    runtime.cache.cache = std::move(cache);
    return runtime;
}

QByteArray tokenOf(int owner)
{
    return "token-of-owner-" + QByteArray::number(owner);
}

QByteArray cookieOf(int owner)
{
    return "authjs.session-token=" + tokenOf(owner);
}

} // namespace

/// The cached runtime under many threads: run with the thread sanitizer as well.
class CachedConcurrencyTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsRevokedOrSignedInIsSeenAtOnceWhileConfigurationsChange()
    {
        // Owners sign in and are revoked by each way of telling a cache, and must see either at once. Meanwhile others
        // ask for the same sessions, one by one and many together, and configurations change between two caches and
        // none.
        constexpr int owners = 3;
        constexpr int rounds = 150;
        const base::SystemClock clock;
        Rows rows;
        const std::vector<std::shared_ptr<cache::SessionCache>> caches{
            std::make_shared<cache::MemoryCache>(1 << 20, clock), std::make_shared<cache::MemoryCache>(2 << 20, clock)};
        SessionRuntime runtime;
        QVERIFY(runtime.configureLocal(local(rows, caches.front())));
        std::atomic<int> unseenSignIns{0};
        std::atomic<int> unseenRevocations{0};
        std::atomic<int> mixtures{0};
        std::atomic<int> hits{0};
        std::atomic<bool> over{false};
        const auto ask = [&](int owner) {
            auto answer = runtime.getServerSession(RequestHeaders::fromCookie(cookieOf(owner)), {});
            return answer ? std::move(*answer) : engine::RuntimeSession();
        };
        const auto judge = [&](int owner, const engine::RuntimeSession &answer) {
            const QByteArray own = "\"user-" + QByteArray::number(owner) + '"';
            const bool whole = answer.session ? answer.session->contains(own) && !answer.reason
                                              : answer.reason == NullReason::RowMissing;
            mixtures += whole ? 0 : 1;
            hits += answer.cache == session::StepOutcome::Hit ? 1 : 0;
        };
        {
            std::vector<std::jthread> others;
            for (int i = 0; i < 2; ++i) {
                others.emplace_back([&] {
                    for (int k = 0; !over; ++k)
                        judge(k % owners, ask(k % owners));
                });
            }
            others.emplace_back([&] {
                std::vector<QByteArray> cookies;
                for (int owner = 0; owner < owners; ++owner)
                    cookies.push_back(cookieOf(owner));
                while (!over) {
                    std::vector<RequestHeaders> requests;
                    for (const QByteArray &cookie : cookies)
                        requests.push_back(RequestHeaders::fromCookie(cookie));
                    const auto answers = runtime.resolveMany(requests, {});
                    for (int owner = 0; answers && owner < owners; ++owner)
                        judge(owner, answers->at(static_cast<std::size_t>(owner)));
                }
            });
            others.emplace_back([&] {
                for (std::size_t k = 0; !over; ++k) {
                    if (!runtime.configureLocal(local(rows, k % 3 == 2 ? nullptr : caches.at(k % 3))))
                        ++mixtures;
                }
            });
            std::vector<std::jthread> ownerThreads;
            for (int owner = 0; owner < owners; ++owner) {
                ownerThreads.emplace_back([&, owner] {
                    const QByteArray token = tokenOf(owner);
                    const QByteArray user = "user-" + QByteArray::number(owner);
                    const auto tell = [&](int way) {
                        for (const auto &cache : caches) {
                            if (way == 0)
                                static_cast<void>(cache->erase(token, {}));
                            else if (way == 1)
                                static_cast<void>(cache->eraseUser(QString::fromLatin1(user), {}));
                            else
                                static_cast<void>(cache->clear({}));
                        }
                    };
                    for (int round = 0; round < rounds; ++round) {
                        rows.put(token, user);
                        for (const auto &cache : caches)
                            static_cast<void>(cache->noteSignIn(QString::fromLatin1(user), {}));
                        unseenSignIns += ask(owner).session ? 0 : 1;
                        unseenSignIns += ask(owner).session ? 0 : 1;
                        rows.remove(token);
                        tell(round % 3);
                        unseenRevocations += ask(owner).session ? 1 : 0;
                        unseenRevocations += ask(owner).session ? 1 : 0;
                    }
                });
            }
            ownerThreads.clear();
            over = true;
        }
        QCOMPARE(unseenSignIns.load(), 0);
        QCOMPARE(unseenRevocations.load(), 0);
        QCOMPARE(mixtures.load(), 0);
        QVERIFY2(hits.load() > 0, "the caches were not part of it");
    }
};

QTEST_APPLESS_MAIN(CachedConcurrencyTest)
#include "tst_CachedConcurrency.moc"
