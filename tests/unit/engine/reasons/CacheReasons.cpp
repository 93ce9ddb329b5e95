#include "core/engine/Circumstances.h"
#include "tests/unit/engine/reasons/Produced.h"

namespace rollcall::test {

using session::AuthVersion;
using session::NullReason;

namespace {

/// A cache that cannot be reached.
class UnreachableCache final : public cache::SessionCache
{
public:
    base::Result<Found> find(QByteArrayView, const base::Call &) override { return lost(); }
    base::Status store(QByteArrayView, const Entry &, std::chrono::milliseconds, quint64, const base::Call &) override
    {
        return lost();
    }
    base::Result<std::vector<bool>> eraseMany(std::span<const QByteArrayView>, const base::Call &) override
    {
        return lost();
    }
    base::Result<qint64> eraseUser(const QString &, const base::Call &) override { return lost(); }
    base::Status noteSignIn(const QString &, const base::Call &) override { return lost(); }
    base::Status clear(const base::Call &) override { return lost(); }

private:
    static tl::unexpected<base::Error> lost() { return base::fail(base::Error(base::ErrorCode::ConnectionLost)); }
};

/// A database before and behind a cache.
struct Cached
{
    base::FixedClock clock{testNow};
    FakeStore store;
    std::shared_ptr<session::AuthProfile> profile = profileOf(AuthVersion::V5, session::Strategy::Database);
    std::shared_ptr<cache::SessionCache> cache = engine::makeMemoryCache(1 << 20, clock);

    std::unique_ptr<engine::Resolver> source()
    {
        return engine::makeLocalResolver(profile, &store, engine::Effects::Observe, clock);
    }
    session::Resolution resolve()
    {
        const auto resolver = engine::makeCachedResolver(profile, source(), cache, std::chrono::seconds(60));
        return resolver->resolve("authjs.session-token=t", {});
    }
    void signIn()
    {
        store::SessionRow row;
        row.userId = QStringLiteral("u1");
        row.expires = testNow + std::chrono::hours(1);
        row.hasUser = true;
        store.rows.insert("t", row);
    }
    /// The cache's answer after @p change behind its back, and why the source's differs.
    Produced afterChange(const std::function<void()> &change)
    {
        static_cast<void>(resolve());
        change();
        const auto cached = resolve();
        const auto why = engine::whyCacheDiffers(cached, source()->resolve("authjs.session-token=t", {}));
        return {cached.session ? "session" : "null", why ? std::optional(why->reason) : std::nullopt};
    }
};

} // namespace

Produced produceOfCache(NullReason reason)
{
    Cached cached;
    switch (static_cast<int>(reason)) {
    case 80:
        return cached.afterChange([&cached] { cached.signIn(); });
    case 81:
        cached.signIn();
        return cached.afterChange([&cached] { cached.store.rows.clear(); });
    case 82: {
        cached.signIn();
        cached.cache = std::make_shared<UnreachableCache>();
        const auto resolution = cached.resolve();
        const session::TraceStep &step = resolution.trace.front();
        return {resolution.session ? "session" : "null", session::nullReasonOf(step.detail.section(u' ', 0, 0))};
    }
    default:
        return {};
    }
}

} // namespace rollcall::test
