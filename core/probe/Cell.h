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

/// Names a cell.
struct CellId
{
    QString route;
    ProbeMode mode = ProbeMode::Local;
    std::optional<CachePath> cache; ///< set exactly for cached modes
    bool operator==(const CellId &) const = default;
};

/// "/dashboard proxy", "/ cached hit": what a cell is called in files and reports.
[[nodiscard]] QString cellName(const CellId &id);

} // namespace rollcall::probe
