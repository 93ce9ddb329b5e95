#include "app/ctl/Commands.h"
#include "core/deployment/ConnectionCheck.h"
#include "core/http/CookieNames.h"

namespace rollcall::ctl {

namespace {

using deployment::Leg;
using deployment::LegStatus;

Answer answerOf(const deployment::CheckResult &result)
{
    Answer answer;
    answer.list.emplace();
    answer.list->key = QStringLiteral("legs");
    answer.list->columns = {QStringLiteral("leg"), QStringLiteral("status"), QStringLiteral("detail"),
                            QStringLiteral("remedy")};
    for (const Leg &leg : result.legs) {
        JsonRecord record;
        record.add(QStringLiteral("leg"), deployment::legName(leg.kind))
            .add(QStringLiteral("status"), deployment::legStatusName(leg.status))
            .add(QStringLiteral("detail"), leg.detail)
            .add(QStringLiteral("remedy"), leg.remedy);
        answer.list->elements.push_back(std::move(record));
    }
    return answer;
}

/// Exit 3 where a server could not be reached or refused the credentials, else 1 where a leg fails, else 0.
int exitOf(const deployment::CheckResult &result)
{
    int code = exitDone;
    for (const Leg &leg : result.legs) {
        if (leg.status != LegStatus::Fail)
            continue;
        const bool reaches = leg.kind == deployment::LegKind::Database || leg.kind == deployment::LegKind::Deployment ||
                             leg.kind == deployment::LegKind::Cache;
        // A database that is a file is reached by opening it.
        const bool unreached = leg.error && (base::exitClass(*leg.error) == base::ExitClass::Connect ||
                                             *leg.error == base::ErrorCode::FileUnreadable);
        if (reaches && unreached)
            return static_cast<int>(base::ExitClass::Connect);
        code = exitNo;
    }
    return code;
}

/// What the flags say and no leg can prove.
void warnOfUnproven(Context &context, const deployment::ConnectionConfig &config)
{
    if (config.profile.strategy == session::Strategy::Database && !config.database)
        context.output().warn(QStringLiteral("--strategy database says that sessions live in a database, but none was "
                                             "given: give --database."));
    const QString &name = config.profile.cookieName;
    if (!name.isEmpty() && !http::isDefaultSessionName(name.toUtf8()))
        context.output().warn(QStringLiteral("that the session cookie is called %1 is not proven here, as that takes a "
                                             "session: `resolve --mode proxy` with a live cookie proves it.")
                                  .arg(name));
}

class CheckCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        return {{QStringLiteral("check")}, {}, false, QStringLiteral("try every leg of a connection"), {}, {}};
    }

    Outcome run(Context &context) const override
    {
        const auto config = context.connection();
        if (!config)
            return Outcome::failed(config.error());
        warnOfUnproven(context, *config);
        const deployment::CheckResult result =
            deployment::checkConnection(*config, context.clock(), context.callFor(2));
        if (context.stop().stop_requested())
            return Outcome::failed(base::Error(base::ErrorCode::Cancelled), answerOf(result));

        Outcome outcome{answerOf(result), exitOf(result), {}, {}};
        QStringList bad;
        for (const Leg &leg : result.legs) {
            if (leg.status == LegStatus::Fail)
                bad << QStringLiteral("%1: %2 %3").arg(deployment::legName(leg.kind), leg.detail, leg.remedy);
        }
        outcome.complaint = bad.join(QLatin1Char(' '));
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeCheck()
{
    return std::make_unique<CheckCommand>();
}

} // namespace rollcall::ctl
