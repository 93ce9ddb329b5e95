#include "core/probe/RunPlan.h"

#include <QRandomGenerator>

#include <algorithm>
#include <cmath>

#include "core/base/Loopback.h"
#include "core/probe/Guard.h"

namespace rollcall::probe {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

tl::unexpected<Error> usage(const QString &flag, const QString &detail)
{
    return base::fail(Error(ErrorCode::UsageInvalid).with(ErrorParam::Flag, flag).with(ErrorParam::Detail, detail));
}

tl::unexpected<Error> refused(const QString &detail)
{
    return base::fail(Error(ErrorCode::GuardRefused).with(ErrorParam::Detail, detail));
}

base::Status checkRoutes(const QStringList &routes)
{
    if (routes.isEmpty())
        return usage(QStringLiteral("--route"), QStringLiteral("name at least one path to measure"));
    for (const QString &route : routes) {
        const QUrl url(route, QUrl::StrictMode);
        const bool plain = route.startsWith(QLatin1Char('/')) && !route.startsWith(QLatin1String("//"));
        if (!plain || !url.isValid() || url.hasFragment())
            return usage(QStringLiteral("--route"), QStringLiteral("a route is a path such as /dashboard"));
        if (routes.count(route) > 1)
            return usage(QStringLiteral("--route"), QStringLiteral("%1 is named twice").arg(route));
    }
    return {};
}

base::Status checkNumbers(const RunPlan &plan)
{
    if (plan.rate && plan.concurrency)
        return usage(QStringLiteral("--rate"), QStringLiteral("excludes --concurrency"));
    if (plan.rate && !(*plan.rate > 0 && std::isfinite(*plan.rate)))
        return usage(QStringLiteral("--rate"), QStringLiteral("must be above 0"));
    if (plan.concurrency && *plan.concurrency < 1)
        return usage(QStringLiteral("--concurrency"), QStringLiteral("must be at least 1"));
    if (plan.samples && *plan.samples < 1)
        return usage(QStringLiteral("--samples"), QStringLiteral("must be at least 1"));
    if (plan.duration && plan.duration->count() <= 0)
        return usage(QStringLiteral("--duration"), QStringLiteral("must be above 0"));
    if (plan.warmup && *plan.warmup < 0)
        return usage(QStringLiteral("--warmup"), QStringLiteral("must be auto or at least 0"));
    return {};
}

base::Status checkCeilings(const RunPlan &plan, const QUrl &baseUrl)
{
    if (!plan.guards && !base::isLoopbackHost(baseUrl.host()) && !plan.hostConfirmed) {
        return refused(QStringLiteral("guards can be off towards a loopback address only; for %1 confirm the host")
                           .arg(baseUrl.host()));
    }
    const GuardLimits limits = guardLimits(plan, base::isLoopbackHost(baseUrl.host()));
    if (plan.rate && *plan.rate > limits.rateCeiling)
        return refused(QStringLiteral("at most %1 requests a second").arg(limits.rateCeiling));
    if (plan.concurrency && *plan.concurrency > limits.inFlightCeiling)
        return refused(QStringLiteral("at most %1 requests in flight").arg(limits.inFlightCeiling));
    return {};
}

} // namespace

QString cookieChoiceName(CookieChoice choice)
{
    switch (choice) {
    case CookieChoice::Canary:
        return QStringLiteral("canary");
    case CookieChoice::None:
        return QStringLiteral("none");
    case CookieChoice::Given:
        return QStringLiteral("given");
    }
    return {};
}

bool RunPlan::hasNetwork() const
{
    return std::any_of(modes.begin(), modes.end(), isNetwork);
}

bool RunPlan::hasLocal() const
{
    return !std::all_of(modes.begin(), modes.end(), isNetwork);
}

std::vector<CellId> RunPlan::cells() const
{
    std::vector<CellId> ids;
    const auto addNetwork = [&](const QString &route, ProbeMode mode) {
        for (const CookieState state : cookieStates) {
            if (mode == ProbeMode::Floor && state != cookieStates.front())
                continue; // it never has a cookie
            const CookieState shown = mode == ProbeMode::Floor ? CookieState::Plan : state;
            if (reused)
                ids.push_back({route, mode, {}, shown, false});
            if (cold)
                ids.push_back({route, mode, {}, shown, true});
        }
    };
    for (const QString &route : routes) {
        for (const ProbeMode mode : modes) {
            if (isCached(mode)) {
                ids.push_back({route, mode, CachePath::Hit});
                ids.push_back({route, mode, CachePath::Miss});
            } else if (isNetwork(mode)) {
                addNetwork(route, mode);
            } else {
                ids.push_back({route, mode, std::nullopt});
            }
        }
    }
    return ids;
}

base::Status RunPlan::validate(const std::optional<QUrl> &baseUrl) const
{
    if (auto status = checkRoutes(routes); !status)
        return status;
    if (modes.empty())
        return usage(QStringLiteral("--modes"),
                     QStringLiteral("name at least one of local, proxy, cached, route, floor"));
    if (auto status = checkNumbers(*this); !status)
        return status;
    if (cookie == CookieChoice::None && std::any_of(modes.begin(), modes.end(), isCached))
        return usage(QStringLiteral("--cookie"), QStringLiteral("without a cookie there is nothing to cache"));
    if (cookie == CookieChoice::None && cookieStates != std::vector{CookieState::Plan})
        return usage(QStringLiteral("--cookies"), QStringLiteral("needs a cookie to compare with"));
    if (cookieStates.empty() || (!reused && !cold))
        return usage(QStringLiteral("--connections"), QStringLiteral("name at least one of reused, cold"));
    for (const Budget &budget : budgets) {
        if (std::find(modes.begin(), modes.end(), budget.mode) == modes.end() ||
            (budget.route && !routes.contains(*budget.route))) {
            return usage(QStringLiteral("--budget"),
                         QStringLiteral("%1 is not among what is measured").arg(budget.text));
        }
    }
    if (!hasNetwork())
        return {};
    if (!baseUrl) {
        return base::fail(Error(ErrorCode::PartNotGiven)
                              .with(ErrorParam::Part, QStringLiteral("deployment"))
                              .with(ErrorParam::Flag, QStringLiteral("--base-url")));
    }
    return checkCeilings(*this, *baseUrl);
}

base::Result<std::vector<CookieState>> parseCookieStates(const QString &text)
{
    std::vector<CookieState> states;
    for (const QString &word : text.split(QLatin1Char(','))) {
        const auto all = {CookieState::Plan, CookieState::None, CookieState::Garbage};
        const auto state =
            std::find_if(all.begin(), all.end(), [&word](CookieState one) { return cookieStateName(one) == word; });
        if (state == all.end() || std::find(states.begin(), states.end(), *state) != states.end())
            return usage(QStringLiteral("--cookies"),
                         QStringLiteral("wants each of valid, none, garbage once at most"));
        states.push_back(*state);
    }
    return states;
}

base::Result<std::vector<ProbeMode>> parseModes(const QString &text)
{
    const QString flag = QStringLiteral("--modes");
    std::vector<ProbeMode> modes;
    for (const QString &word : text.split(QLatin1Char(','))) {
        const std::optional<ProbeMode> mode = probeModeOf(word);
        if (!mode)
            return usage(
                flag,
                QStringLiteral("\"%1\" is none of local, proxy, cached, cached-memory, cached-redis, cached-upstash, "
                               "route, floor")
                    .arg(word));
        if (std::find(modes.begin(), modes.end(), *mode) != modes.end())
            return usage(flag, QStringLiteral("%1 is named twice").arg(word));
        modes.push_back(*mode);
    }
    return modes;
}

quint64 randomSeed()
{
    return QRandomGenerator::system()->generate64() >> 11; // fits a JSON number exactly
}

} // namespace rollcall::probe
