#include "app/ctl/QueryFlags.h"

#include <algorithm>

namespace rollcall::ctl {

std::vector<Flag> filterFlags()
{
    return {
        {QStringLiteral("state"), QStringLiteral("live|expired|orphan|all"), QStringLiteral("which sessions (live)")},
        {QStringLiteral("user"), QStringLiteral("ID|EMAIL"), QStringLiteral("of one user")},
        {QStringLiteral("provider"), QStringLiteral("P"), QStringLiteral("of users with this provider")},
        {QStringLiteral("search"), QStringLiteral("TEXT"), QStringLiteral("part of name or e-mail, plain text")},
        {QStringLiteral("expires-before"), QStringLiteral("TIME"), QStringLiteral("ending before (exclusive)")},
        {QStringLiteral("expires-after"), QStringLiteral("TIME"), QStringLiteral("ending at or after (inclusive)")},
    };
}

bool hasFilter(const Arguments &arguments)
{
    return std::ranges::any_of(filterFlags(), [&arguments](const Flag &flag) { return arguments.has(flag.name); });
}

base::Result<store::SessionQuery> readFilter(const Arguments &arguments, base::Instant now)
{
    store::SessionQuery query;
    const auto state = arguments.choice(QStringLiteral("state"), {QStringLiteral("live"), QStringLiteral("expired"),
                                                                  QStringLiteral("orphan"), QStringLiteral("all")});
    if (!state)
        return base::fail(state.error());
    query.state = *state == QStringLiteral("live")      ? store::StateFilter::Live
                  : *state == QStringLiteral("expired") ? store::StateFilter::Expired
                  : *state == QStringLiteral("orphan")  ? store::StateFilter::Orphan
                                                        : store::StateFilter::All;
    query.user = arguments.value(QStringLiteral("user"));
    query.provider = arguments.value(QStringLiteral("provider"));
    query.search = arguments.value(QStringLiteral("search"));
    const auto before = arguments.time(QStringLiteral("expires-before"), now);
    if (!before)
        return base::fail(before.error());
    query.expiresBefore = *before;
    const auto after = arguments.time(QStringLiteral("expires-after"), now);
    if (!after)
        return base::fail(after.error());
    query.expiresAfter = *after;
    return query;
}

} // namespace rollcall::ctl
