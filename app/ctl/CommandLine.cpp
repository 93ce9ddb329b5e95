#include "app/ctl/CommandLine.h"

#include <algorithm>

#include "app/ctl/Commands.h"
#include "app/ctl/Help.h"
#include "core/revoke/Operations.h"
#include "core/revoke/UndoTimer.h"

namespace rollcall::ctl {

namespace {

constexpr auto helpFlag = QLatin1StringView("--help");

/// What the command line's contract promises for later: known by name, so that calling it gets an honest answer.
const QStringList &laterCommands()
{
    static const QStringList names{
        QStringLiteral("doctor"),
        QStringLiteral("routes test"),
        QStringLiteral("latency propagation"),
    };
    return names;
}

/// The format of the answer, read before all other flags because errors about those need it. A bad value is found
/// again, and reported, when the flags are read.
std::optional<Format> formatIn(const QStringList &words)
{
    const QString flag = QStringLiteral("--format");
    for (qsizetype i = 0; i < words.size(); ++i) {
        if (words.at(i) == flag && i + 1 < words.size())
            return formatNamed(words.at(i + 1));
        if (words.at(i).startsWith(flag + QLatin1Char('=')))
            return formatNamed(words.at(i).sliced(flag.size() + 1));
    }
    return std::nullopt;
}

Outcome written(const base::Status &status)
{
    return status ? Outcome{} : Outcome::failed(status.error());
}

} // namespace

CommandLine::CommandLine() : m_commands(makeCommands()) {}

CommandLine::Found CommandLine::find(const QStringList &words) const
{
    for (const auto &command : m_commands) {
        const QStringList name = command->spec().words;
        if (words.size() >= name.size() && std::equal(name.begin(), name.end(), words.begin()))
            return {command.get(), name.size()};
    }
    return {};
}

std::vector<CommandSpec> CommandLine::specsBelow(const QString &group) const
{
    std::vector<CommandSpec> specs;
    for (const auto &command : m_commands) {
        if (group.isEmpty() || command->spec().words.first() == group)
            specs.push_back(command->spec());
    }
    return specs;
}

base::Error CommandLine::unknownCommand(const QStringList &words) const
{
    if (words.isEmpty())
        return usageError({}, QStringLiteral("A command is missing."));
    if (words.first().startsWith(QStringLiteral("--")))
        return usageError({}, QStringLiteral("The command comes first, its flags after it."));
    const QString first = words.first();
    const QString both = words.size() > 1 ? first + QLatin1Char(' ') + words.at(1) : first;
    for (const QString &later : laterCommands()) {
        if (later == first || later == both)
            return usageError(later, QStringLiteral("this command is not in this version of Rollcall"));
    }
    const std::vector<CommandSpec> below = specsBelow(first);
    if (below.empty())
        return usageError({}, QStringLiteral("There is no such command."));
    QStringList choices;
    for (const CommandSpec &spec : below)
        choices << spec.words.last();
    return usageError(first, QStringLiteral("wants one of %1").arg(choices.join(QStringLiteral(", "))));
}

Outcome CommandLine::dispatch(const QStringList &words, OutputWriter &output, const std::stop_token &stop) const
{
    if (words.value(0) == helpFlag)
        return written(output.text(programHelp(specsBelow({}))));
    if (words.value(0) == QStringLiteral("--version"))
        return written(output.text(QStringLiteral("rollcallctl " ROLLCALL_VERSION "\n")));
    const Found found = find(words);
    if (!found.command) {
        const auto below = words.isEmpty() ? std::vector<CommandSpec>() : specsBelow(words.first());
        if (!below.empty() && words.value(1) == helpFlag)
            return written(output.text(programHelp(below)));
        return Outcome::failed(unknownCommand(words));
    }
    const CommandSpec spec = found.command->spec();
    const QStringList rest = words.sliced(found.words);
    if (rest.contains(helpFlag))
        return written(output.text(commandHelp(spec)));
    const auto arguments = Arguments::parse(rest, spec);
    if (!arguments)
        return Outcome::failed(arguments.error());
    const auto format = arguments->choice(QStringLiteral("format"), {QStringLiteral("json"), QStringLiteral("table"),
                                                                     QStringLiteral("ndjson"), QStringLiteral("csv")});
    if (!format)
        return Outcome::failed(format.error());
    const auto options = CommonOptions::from(*arguments);
    if (!options)
        return Outcome::failed(options.error());
    Context context(*arguments, *options, output, stop);
    // Kept rows go when their time is over, whatever is being done now.
    const revoke::UndoTimer undo(revoke::operationsBelow(context.workspace().folders().state), context.clock());
    return found.command->run(context);
}

int CommandLine::run(const QStringList &words, const std::stop_token &stop) const
{
    OutputWriter output(formatIn(words));
    const Outcome outcome = dispatch(words, output, stop);
    return output.write(outcome) ? outcome.exit : static_cast<int>(base::ExitClass::Midway);
}

} // namespace rollcall::ctl
