#include "app/ctl/SelectionFlags.h"

#include "app/ctl/InputFile.h"
#include "app/ctl/QueryFlags.h"

namespace rollcall::ctl {

namespace {

/// Whether the flags say which sessions, and do not contradict each other. Errors: UsageInvalid.
base::Status checkSelection(const Arguments &arguments)
{
    const bool all = arguments.has(QStringLiteral("all"));
    const bool named = arguments.has(QStringLiteral("session"));
    const bool narrowed = arguments.has(QStringLiteral("users-file")) || arguments.has(QStringLiteral("keep-newest"));
    if (!named && !all && !narrowed && !hasFilter(arguments)) {
        return base::fail(
            usageError({}, QStringLiteral("Which sessions are to be revoked? Give --session, --user, another filter of "
                                          "`sessions list`, or --all.")));
    }
    if (named && (narrowed || hasFilter(arguments)))
        return base::fail(
            usageError(QStringLiteral("--session"), QStringLiteral("cannot be given together with filters")));
    for (const Flag &flag : filterFlags()) {
        if (all && flag.name != QStringLiteral("state") && arguments.has(flag.name))
            return base::fail(usageError(QStringLiteral("--all"),
                                         QStringLiteral("cannot be given together with --%1").arg(flag.name)));
    }
    return {};
}

} // namespace

std::vector<Flag> selectionFlags()
{
    std::vector<Flag> flags{
        {QStringLiteral("session"), QStringLiteral("ID|FINGERPRINT"), QStringLiteral("this session"), true},
        {QStringLiteral("all"), {}, QStringLiteral("every live session; with --state others")},
        {QStringLiteral("users-file"), QStringLiteral("FILE"),
         QStringLiteral("of these users, an id or e-mail a line")},
        {QStringLiteral("keep-newest"), QStringLiteral("N"), QStringLiteral("all but the newest N of each user")},
    };
    const std::vector<Flag> filters = filterFlags();
    flags.insert(flags.end(), filters.begin(), filters.end());
    return flags;
}

std::vector<QStringList> selectionExclusions()
{
    return {{QStringLiteral("session"), QStringLiteral("all")},
            {QStringLiteral("user"), QStringLiteral("users-file"), QStringLiteral("all")}};
}

base::Result<revoke::Selection> readSelection(const Arguments &arguments, base::Instant now)
{
    if (const auto status = checkSelection(arguments); !status)
        return base::fail(status.error());
    revoke::Selection selection;
    selection.sessions = arguments.values(QStringLiteral("session"));
    if (!selection.sessions.isEmpty())
        return selection;
    auto query = readFilter(arguments, now);
    if (!query)
        return base::fail(query.error());
    selection.query = std::move(*query);
    if (arguments.has(QStringLiteral("keep-newest"))) {
        const auto keep = arguments.integer(QStringLiteral("keep-newest"), 1, 1, 1'000'000);
        if (!keep)
            return base::fail(keep.error());
        selection.keepNewest = static_cast<int>(*keep);
    }
    if (const auto path = arguments.value(QStringLiteral("users-file"))) {
        const auto users = readLines(*path);
        if (!users)
            return base::fail(users.error());
        // An empty list names nobody; taken as "no restriction" it would end everybody's sessions.
        if (users->isEmpty())
            return base::fail(usageError(QStringLiteral("--users-file"), QStringLiteral("the file names nobody")));
        selection.users = *users;
    }
    return selection;
}

} // namespace rollcall::ctl
