#include "core/probe/Cell.h"

namespace rollcall::probe {

QString probeModeName(ProbeMode mode)
{
    switch (mode) {
    case ProbeMode::Local:
        return QStringLiteral("local");
    case ProbeMode::Proxy:
        return QStringLiteral("proxy");
    case ProbeMode::Cached:
        return QStringLiteral("cached");
    case ProbeMode::CachedMemory:
        return QStringLiteral("cached-memory");
    case ProbeMode::CachedRedis:
        return QStringLiteral("cached-redis");
    case ProbeMode::CachedUpstash:
        return QStringLiteral("cached-upstash");
    case ProbeMode::Route:
        return QStringLiteral("route");
    case ProbeMode::Floor:
        return QStringLiteral("floor");
    }
    return {};
}

std::optional<ProbeMode> probeModeOf(const QString &name)
{
    for (const ProbeMode mode :
         {ProbeMode::Local, ProbeMode::Proxy, ProbeMode::Cached, ProbeMode::CachedMemory, ProbeMode::CachedRedis,
          ProbeMode::CachedUpstash, ProbeMode::Route, ProbeMode::Floor}) {
        if (probeModeName(mode) == name)
            return mode;
    }
    return std::nullopt;
}

QString cachePathName(CachePath path)
{
    return path == CachePath::Hit ? QStringLiteral("hit") : QStringLiteral("miss");
}

QString cookieStateName(CookieState state)
{
    switch (state) {
    case CookieState::Plan:
        return QStringLiteral("valid");
    case CookieState::None:
        return QStringLiteral("none");
    case CookieState::Garbage:
        return QStringLiteral("garbage");
    }
    return {};
}

QString cellName(const CellId &id)
{
    QString name = id.route + QLatin1Char(' ') + probeModeName(id.mode);
    if (id.cache)
        name += QLatin1Char(' ') + cachePathName(*id.cache);
    if (id.cookie == CookieState::None)
        name += QStringLiteral(" without cookie");
    if (id.cookie == CookieState::Garbage)
        name += QStringLiteral(" with a garbage cookie");
    if (id.cold)
        name += QStringLiteral(", cold");
    return name;
}

} // namespace rollcall::probe
