#include "app/ctl/Commands.h"
#include "app/ctl/InputFile.h"
#include "core/deployment/Deployment.h"
#include "core/http/Cookie.h"
#include "core/http/CookieNames.h"

namespace rollcall::ctl {

namespace {

using deployment::Deployment;
using deployment::Needs;

/// The token on standard input; its line end is stripped. Errors: UsageInvalid, those of readInputFile().
base::Result<base::SecretBytes> readToken(const std::stop_token &stop)
{
    auto text = readInputFile(QStringLiteral("-"), stop);
    if (!text)
        return base::fail(text.error());
    QByteArrayView line(*text);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    const bool isWhole = line.contains(';') || line.contains(' ') || line.contains('\n');
    base::SecretBytes token(line);
    base::wipe(*text);
    if (token.isEmpty())
        return base::fail(usageError({}, QStringLiteral("No token stands on standard input.")));
    if (isWhole)
        return base::fail(usageError(
            {}, QStringLiteral("Standard input holds more than a token: a whole cookie goes into a --cookie-file.")));
    return token;
}

class TokenVerifyCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("token"), QStringLiteral("verify")},
                {},
                false,
                QStringLiteral("ask the deployment whether it accepts the token on standard input; that may extend a "
                               "live session"),
                {{QStringLiteral("cookie-file"), QStringLiteral("FILE"),
                  QStringLiteral("value of a Cookie header instead; - for standard input")}},
                {}};
    }

    Outcome run(Context &context) const override
    {
        const auto cookieFile = context.arguments().value(QStringLiteral("cookie-file"));
        auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        auto given = cookieFile ? readCookieFile(*cookieFile, context.stop()) : readToken(context.stop());
        if (!given)
            return Outcome::failed(given.error());
        if (cookieFile && given->isEmpty())
            return Outcome::failed(usageError(QStringLiteral("--cookie-file"), QStringLiteral("the file is empty")));
        if (const auto status = config->checkTransport(); !status)
            return Outcome::failed(status.error());
        const auto opened =
            Deployment::open(std::move(*config), Needs{false, true}, context.clock(), context.callFor(2));
        if (!opened)
            return Outcome::failed(opened.error());
        const Deployment &deployment = **opened;
        for (const QString &note : deployment.notes())
            context.output().warn(note);
        const base::SecretBytes header =
            cookieFile ? std::move(*given) : engine::cookieHeaderFor(*deployment.auth(), *given);
        if (header.isEmpty()) // Better Auth signs its cookies
            return Outcome::failed(base::Error(base::ErrorCode::SecretMissing));
        const auto resolver =
            deployment.makeResolver(engine::Mode::Proxy, nullptr, engine::Effects::Observe, std::chrono::seconds(0));
        if (!resolver)
            return Outcome::failed(resolver.error());
        const session::Resolution resolution = (*resolver)->resolve(header.view(), context.call());
        if (context.stop().stop_requested())
            return Outcome::failed(base::Error(base::ErrorCode::Cancelled));
        Answer answer;
        answer.members.add(QStringLiteral("accepted"), resolution.hasSession());
        if (resolution.hasSession()) {
            answer.members.add(QStringLiteral("reason"), QJsonValue::Null);
            return Outcome::done(std::move(answer));
        }
        const session::NullReason reason = resolution.reason.value_or(session::NullReason::CancelledOrDeadline);
        answer.members.add(QStringLiteral("reason"), session::nullReasonName(reason));
        return Outcome::no(std::move(answer),
                           QStringLiteral("Not accepted (%1): %2")
                               .arg(session::nullReasonName(reason), session::nullReasonText(reason)));
    }
};

} // namespace

std::unique_ptr<const Command> makeTokenVerify()
{
    return std::make_unique<TokenVerifyCommand>();
}

} // namespace rollcall::ctl
