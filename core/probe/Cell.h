#pragma once

#include <QString>

#include <optional>

namespace rollcall::probe {

/// What a cell measures.
enum class ProbeMode {
    Local,         ///< the session resolved in this process: a token decoded, or a row looked up
    Proxy,         ///< GET <base path>/session
    Cached,        ///< local behind the configured cache; in this process's memory where none is
    CachedMemory,  ///< local behind a cache in this process's memory, whatever is configured
    CachedRedis,   ///< local behind the configured cache, which must be a Redis over its own protocol
    CachedUpstash, ///< the same, which must be an Upstash over REST
    Route,         ///< GET of the route itself
    Floor,         ///< GET of a static path that no application code serves: network and server alone
};

/// "local", "proxy", "cached", "cached-memory", "cached-redis", "cached-upstash", "route", "floor".
[[nodiscard]] QString probeModeName(ProbeMode mode);
/// The mode of that name.
[[nodiscard]] std::optional<ProbeMode> probeModeOf(const QString &name);
/// Whether @p mode sends requests to the deployment.
[[nodiscard]] constexpr bool isNetwork(ProbeMode mode)
{
    return mode == ProbeMode::Proxy || mode == ProbeMode::Route || mode == ProbeMode::Floor;
}
[[nodiscard]] constexpr bool isCached(ProbeMode mode)
{
    return mode == ProbeMode::Cached || mode == ProbeMode::CachedMemory || mode == ProbeMode::CachedRedis ||
           mode == ProbeMode::CachedUpstash;
}

/// Which way through a cache a cell takes: they are two populations and never mixed.
enum class CachePath { Hit, Miss };

/// "hit", "miss".
[[nodiscard]] QString cachePathName(CachePath path);

/// Which cookie a cell's requests carry.
enum class CookieState {
    Plan,    ///< what the run is about: RunPlan::cookie
    None,    ///< none, in a run that is about one
    Garbage, ///< one that names no session
};

/// "valid", "none", "garbage".
[[nodiscard]] QString cookieStateName(CookieState state);

/// Names a cell.
struct CellId
{
    QString route;
    ProbeMode mode = ProbeMode::Local;
    std::optional<CachePath> cache;         ///< set exactly for cached modes
    CookieState cookie = CookieState::Plan; ///< others for network modes alone
    bool cold = false;                      ///< each request on a connection of its own, made for it
    /// Whether it stands for its mode in comparisons and budgets: the plan's cookie on a kept connection.
    [[nodiscard]] bool isPrimary() const { return cookie == CookieState::Plan && !cold; }
    bool operator==(const CellId &) const = default;
};

/// "/dashboard proxy", "/ cached hit", "/ route without cookie, cold": what a cell is called in files and reports.
[[nodiscard]] QString cellName(const CellId &id);

} // namespace rollcall::probe
