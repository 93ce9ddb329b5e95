#include "app/ctl/SelectionFlags.h"

#include <algorithm>

#include "app/ctl/InputFile.h"
#include "app/ctl/PlanRemarks.h"
#include "app/ctl/QueryFlags.h"
#include "core/revoke/UserList.h"

namespace rollcall::ctl {

namespace {

/// Whether @p arguments have a filter that leaves anybody out: a state that most sessions are in does not.
bool isNarrow(const Arguments &arguments)
{
    const QString state = arguments.value(QStringLiteral("state")).value_or(QString());
    return std::ranges::any_of(filterFlags(), [&](const Flag &flag) {
        return arguments.has(flag.name) && (flag.name != QStringLiteral("state") ||
                                            (state != QStringLiteral("live") && state != QStringLiteral("all")));
    });
}

/// A filter by nothing matches everybody: a script's variable that is not set must not end all sessions.
base::Status checkTexts(const Arguments &arguments)
{
    for (const auto &name : {QStringLiteral("user"), QStringLiteral("provider"), QStringLiteral("search")}) {
        if (arguments.has(name) && arguments.value(name).value_or(QString()).trimmed().isEmpty())
            return base::fail(
                usageError(QStringLiteral("--") + name, QStringLiteral("is empty: it would leave out nobody")));
    }
    return {};
}

/// Whether the flags say which sessions, and do not contradict each other. Errors: UsageInvalid.
base::Status checkSelection(const Arguments &arguments)
{
    const bool all = arguments.has(QStringLiteral("all"));
    const bool named = arguments.has(QStringLiteral("session"));
    const bool narrowed = arguments.has(QStringLiteral("users-file")) || arguments.has(QStringLiteral("keep-newest"));
    if (const auto texts = checkTexts(arguments); !texts)
        return texts;
    if (!named && !all && !narrowed && hasFilter(arguments) && !isNarrow(arguments)) {
        return base::fail(usageError(QStringLiteral("--state"),
                                     QStringLiteral("alone leaves nobody out: for everybody give --all with it")));
    }
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
         QStringLiteral("of these users: an id or e-mail a line, or CSV; # begins a comment")},
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

base::Result<revoke::Selection> readSelection(Context &context)
{
    const Arguments &arguments = context.arguments();
    if (const auto status = checkSelection(arguments); !status)
        return base::fail(status.error());
    revoke::Selection selection;
    selection.sessions = arguments.values(QStringLiteral("session"));
    if (!selection.sessions.isEmpty())
        return selection;
    auto query = readFilter(arguments, context.clock().now());
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
        const auto text = readInputFile(*path);
        if (!text)
            return base::fail(text.error());
        revoke::UserList list = revoke::readUserList(QString::fromUtf8(*text));
        if (!list.column.isEmpty())
            context.output().warn(
                QStringLiteral("the users file is a table: its column \"%1\" was taken.").arg(list.column));
        if (!list.unread.empty())
            context.output().warn(
                QStringLiteral("nobody is named in %1 of the users file.").arg(linesText(list.unread)));
        // An empty list names nobody; taken as "no restriction" it would end everybody's sessions.
        if (list.users.empty())
            return base::fail(usageError(QStringLiteral("--users-file"), QStringLiteral("the file names nobody")));
        selection.users = std::move(list.users);
    }
    return selection;
}

} // namespace rollcall::ctl
