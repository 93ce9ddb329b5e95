#include "app/ctl/Confirmation.h"

#include <cstdio>

#include <unistd.h>

#include "app/ctl/InputFile.h"

namespace rollcall::ctl {

namespace {

bool canAsk()
{
    return ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO);
}

bool isProduction(const workspace::ConnectionProfile &profile)
{
    return profile.environment == workspace::Environment::Production;
}

base::Error refused(const QString &why)
{
    return base::Error(base::ErrorCode::WriteRefused).with(base::ErrorParam::Detail, why);
}

/// @p flag forbids it, whatever consent was given.
base::Error refusedBy(const char *flag, const QString &why)
{
    return refused(why)
        .with(base::ErrorParam::Part, QStringLiteral("flag"))
        .with(base::ErrorParam::Flag, QString::fromLatin1(flag));
}

/// The consent is missing that the command of @p arguments wants.
base::Error notConsented(const Arguments &arguments, const QString &why)
{
    return refused(why)
        .with(base::ErrorParam::Part, QStringLiteral("consent"))
        .with(base::ErrorParam::Flag,
              arguments.takes(QStringLiteral("dry-run")) ? QStringLiteral("--dry-run") : QString());
}

} // namespace

std::vector<Flag> writeFlags()
{
    return {
        {QStringLiteral("yes"), {}, QStringLiteral("consent to the write; without it nothing is written")},
        {QStringLiteral("confirm"), QStringLiteral("NAME"),
         QStringLiteral("the connection's name, wanted where it is a production one")},
    };
}

base::Status checkWriteFlags(const Context &context)
{
    const Arguments &arguments = context.arguments();
    if (arguments.has(QStringLiteral("yes")) && context.clock().isFixed() && !arguments.has(QStringLiteral("dry-run")))
        return base::fail(
            usageError(QStringLiteral("--now"),
                       QStringLiteral("cannot be given together with --yes: a wrong clock must not write")));
    return {};
}

base::Status checkConsentPossible(const Context &context, const workspace::ConnectionProfile &profile)
{
    if (context.options().readOnly)
        return base::fail(refusedBy("--read-only", QStringLiteral("--read-only refuses every write")));
    if (context.clock().isFixed())
        return base::fail(
            refusedBy("--now", QStringLiteral("the time is fixed (--now), and a wrong clock must not write")));
    const bool consented = context.arguments().has(QStringLiteral("yes"));
    if (!consented && !canAsk())
        return base::fail(notConsented(context.arguments(), QStringLiteral("no consent was given")));
    const auto confirmed = context.arguments().value(QStringLiteral("confirm"));
    if (isProduction(profile) && (confirmed ? *confirmed != profile.name : consented))
        return base::fail(base::Error(base::ErrorCode::ConfirmationMissing)
                              .with(base::ErrorParam::Name, profile.name)
                              .with(base::ErrorParam::Detail, confirmed.value_or(QString())));
    return {};
}

base::Status askConsent(const Context &context, const workspace::ConnectionProfile &profile, const QString &question)
{
    if (context.arguments().has(QStringLiteral("yes")))
        return {};
    const bool typeName = isProduction(profile);
    const QString wanted = typeName ? profile.name : QStringLiteral("yes");
    const QByteArray prompt = QStringLiteral("%1 Type %2 to go on: ").arg(question, wanted).toUtf8();
    std::fputs(prompt.constData(), stderr);
    std::fflush(stderr);
    const auto line = InputLines(context.stop()).next();
    if (!line)
        return base::fail(line.error());
    if (!*line || QString::fromUtf8(**line).trimmed() != wanted)
        return base::fail(notConsented(context.arguments(), QStringLiteral("consent was not given")));
    return {};
}

} // namespace rollcall::ctl
