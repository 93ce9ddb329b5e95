#include "core/revoke/PlanOutlook.h"

#include <algorithm>

#include "core/revoke/CachePurge.h"

namespace rollcall::revoke {

namespace {

constexpr std::size_t shownKeys = 3;

QString masked(const base::Fingerprint &fingerprint)
{
    return QStringLiteral("‹") + fingerprint.grouped().left(9) + QStringLiteral("›");
}

/// The first few sessions of @p plan, masked.
QStringList someOf(const RevocationPlan &plan)
{
    QStringList some;
    for (std::size_t i = 0; i < std::min(plan.rows.size(), shownKeys); ++i)
        some << masked(plan.rows[i].key.fingerprint);
    return some;
}

/// The key of a session as @p pattern names it, with @p mask in the token's place. Digests of it are no secret, but
/// nobody reads them: they are masked alike.
QString maskedKey(const cache::CacheKeyPattern &pattern, const QString &mask)
{
    QString key = pattern.text();
    for (const char *digest : {"{sha256}", "{fingerprint}"}) {
        if (key.contains(QLatin1StringView(digest)))
            return key.replace(QLatin1StringView(digest), mask);
    }
    return QString::fromUtf8(pattern.keyOf(mask.toUtf8()));
}

/// The key that points to the session of @p mask, as removePointers() mends it.
QString pointerText(cache::CacheKeyPattern::Values values, const QString &user, const QString &mask)
{
    const bool isList = values == cache::CacheKeyPattern::Values::BetterAuth;
    const auto layout = isList ? store::KeyLayout::betterAuth() : store::KeyLayout::authJs();
    return (isList ? QStringLiteral("%1, without %2") : QStringLiteral("%1, if it names %2"))
        .arg(QString::fromUtf8(layout.sessionsOfUserKey(user)), mask);
}

bool isOwn(const store::PlannedRow &row, const QString &own)
{
    return row.key.userId == own || (row.shown.email && row.shown.email->compare(own, Qt::CaseInsensitive) == 0);
}

/// How many rows are of @p own; nullopt where that cannot be told: it is not said, or it is an e-mail and rows come
/// without, as those of a saved plan do.
std::optional<qint64> ownIn(const RevocationPlan &plan, const QString &own)
{
    if (own.isEmpty())
        return std::nullopt;
    const qint64 count = std::ranges::count_if(plan.rows, [&own](const auto &row) { return isOwn(row, own); });
    const bool mayBeMissed = own.contains(QLatin1Char('@')) && std::ranges::any_of(plan.rows, [](const auto &row) {
                                 return row.key.userId && !row.shown.email;
                             });
    return count == 0 && mayBeMissed ? std::nullopt : std::optional(count);
}

QString windowOf(const deployment::Deployment &deployment, bool knowsCopies)
{
    const auto &cache = deployment.config().cache;
    const QString window =
        knowsCopies
            ? QStringLiteral("refused from the deployment's next look, once the row and the copies in %1 are gone; "
                             "copies that it keeps elsewhere last until their own time is over")
                  .arg(cache ? cache->host : QString())
            : QStringLiteral("refused from the deployment's next look, once the row is gone; where it caches sessions, "
                             "which nothing here says, until the copy's time is over");
    if (deployment.auth()->version != session::AuthVersion::BetterAuth)
        return window;
    return window + QStringLiteral("; where it lets browsers keep Better Auth's cookie cache, until that one's is (5 "
                                   "minutes unless configured), which no verification sees");
}

QString sharingOf(const RevocationPlan &plan)
{
    if (plan.sharing == 0)
        return {};
    QString text = plan.sharing == 1
                       ? QStringLiteral("1 of these rows was not chosen, but holds the token of one that was: it is "
                                        "the same session, and goes with it.")
                       : QStringLiteral("%1 of these rows were not chosen, but hold tokens of rows that were: they "
                                        "are the same sessions, and go with them.")
                             .arg(plan.sharing);
    if (plan.sharingLive > 0) {
        text += plan.sharing == 1 ? QStringLiteral(" It is live.")
                                  : QStringLiteral(" Live among them: %1.").arg(plan.sharingLive);
    }
    return text;
}

QString heldByOthersOf(const RevocationPlan &plan)
{
    if (!plan.whyNotLooked.isEmpty()) {
        return QStringLiteral(
                   "Whether other rows hold the tokens of these sessions was not looked for, as it could not "
                   "be read: %1")
            .arg(plan.whyNotLooked);
    }
    if (plan.heldByOthers.empty())
        return {};
    QStringList names;
    for (std::size_t i = 0; i < std::min(plan.heldByOthers.size(), shownKeys); ++i)
        names << plan.heldByOthers[i].text();
    if (plan.heldByOthers.size() > shownKeys)
        names << QStringLiteral("…");
    return (
        plan.heldByOthers.size() == 1
            ? QStringLiteral("1 session stays accepted, as its token stands in another row too, of another user or "
                             "newer, which this plan leaves alone: %1.")
                  .arg(names.first())
            : QStringLiteral("%1 sessions stay accepted, as their tokens stand in other rows too, of other users or "
                             "newer, which this plan leaves alone: %2.")
                  .arg(plan.heldByOthers.size())
                  .arg(names.join(QStringLiteral(", "))));
}

} // namespace

PlanOutlook outlookOf(const RevocationPlan &plan, const deployment::Deployment &deployment)
{
    PlanOutlook outlook;
    QStringList some = someOf(plan);
    const auto patterns =
        deployment.config().cache ? copyPatterns(deployment.config()) : std::vector<cache::CacheKeyPattern>();
    for (std::size_t i = 0; i < std::min(plan.rows.size(), shownKeys); ++i) {
        const QString &mask = some.at(static_cast<qsizetype>(i));
        for (const cache::CacheKeyPattern &pattern : patterns) {
            outlook.cacheKeys << maskedKey(pattern, mask);
            if (const auto &user = plan.rows[i].key.userId; user && hasPointers(pattern.values()))
                outlook.cacheKeys << pointerText(pattern.values(), *user, mask);
        }
    }
    outlook.cachedCopies = static_cast<qint64>(patterns.size() * plan.rows.size());
    if (plan.rows.size() > shownKeys)
        some << QStringLiteral("…");
    if (!some.isEmpty())
        outlook.statements << QStringLiteral("%1\n-- run for each of %2; tokens stand as fingerprints")
                                  .arg(plan.statement, some.join(QStringLiteral(", ")));
    outlook.window = windowOf(deployment, !patterns.empty());
    outlook.sharing = sharingOf(plan);
    outlook.heldByOthers = heldByOthersOf(plan);
    outlook.own = ownIn(plan, deployment.config().profile.ownUser);
    return outlook;
}

} // namespace rollcall::revoke
