#include "app/ctl/Help.h"

#include "app/ctl/ConnectionFlags.h"

#include <algorithm>

namespace rollcall::ctl {

namespace {

QString flagsText(const std::vector<Flag> &flags)
{
    QStringList names;
    qsizetype width = 0;
    for (const Flag &flag : flags) {
        names << QStringLiteral("--") + flag.name + (flag.value.isEmpty() ? QString() : QLatin1Char(' ') + flag.value);
        width = std::max(width, names.last().size());
    }
    QString text;
    for (size_t i = 0; i < flags.size(); ++i) {
        text += QStringLiteral("  %1  %2%3\n")
                    .arg(names.at(static_cast<qsizetype>(i)).leftJustified(width), flags[i].help,
                         flags[i].repeatable ? QStringLiteral(" (repeatable)") : QString());
    }
    return text;
}

QString callForm(const CommandSpec &spec)
{
    QString form = spec.words.join(QLatin1Char(' '));
    if (!spec.argument.isEmpty())
        form += spec.argumentRequired ? QLatin1Char(' ') + spec.argument : QStringLiteral(" [%1]").arg(spec.argument);
    return form;
}

} // namespace

QString programHelp(const std::vector<CommandSpec> &commands)
{
    qsizetype width = 0;
    for (const CommandSpec &spec : commands)
        width = std::max(width, callForm(spec).size());
    QString text =
        QStringLiteral("Usage: rollcallctl COMMAND [SUBCOMMAND] [ARGUMENTS] [--flag VALUE | --flag=VALUE]...\n\n"
                       "See, revoke and measure the sessions of Auth.js and NextAuth.js deployments.\n\nCommands:\n");
    for (const CommandSpec &spec : commands)
        text += QStringLiteral("  %1  %2\n").arg(callForm(spec).leftJustified(width), spec.summary);
    return text +
           QStringLiteral(
               "\nrollcallctl COMMAND --help tells its flags; --version tells the version.\n"
               "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 could not connect or authenticate, 4 refused by a "
               "safety rule, 5 failed midway, 130 cancelled.\n");
}

QString commandHelp(const CommandSpec &spec)
{
    QString text = QStringLiteral("Usage: rollcallctl %1 [--flag VALUE | --flag=VALUE]...\n\n%2.\n")
                       .arg(callForm(spec), spec.summary);
    if (!spec.flags.empty())
        text += QStringLiteral("\nFlags:\n") + flagsText(spec.flags);
    return text + QStringLiteral("\nConnection and output, taken by every command:\n") + flagsText(commonFlags());
}

} // namespace rollcall::ctl
