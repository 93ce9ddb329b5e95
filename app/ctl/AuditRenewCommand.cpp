#include "app/ctl/Commands.h"
#include "app/ctl/Confirmation.h"
#include "core/audit/AuditRenewal.h"

namespace rollcall::ctl {

namespace {

class AuditRenewCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("reason"), QStringLiteral("TEXT"), QStringLiteral("why, for both logs")},
            {QStringLiteral("yes"), {}, QStringLiteral("consent to it")}};
        return {{QStringLiteral("audit"), QStringLiteral("renew")},
                {},
                false,
                QStringLiteral("put a broken log aside, as it is, and begin a new one"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        if (const auto status = checkWriteFlags(context); !status)
            return Outcome::failed(status.error());
        if (const auto status = checkConsentPossible(context, {}); !status)
            return Outcome::failed(status.error());
        if (const auto status =
                askConsent(context, {}, QStringLiteral("The audit log is put aside, and a new one begins."));
            !status)
            return Outcome::failed(status.error());
        audit::AuditLog log = context.auditLog();
        const auto renewal = audit::renew(log, context.arguments().value(QStringLiteral("reason")).value_or(QString()),
                                          context.clock(), context.call());
        if (!renewal)
            return Outcome::failed(renewal.error());
        Answer answer;
        answer.members.add(QStringLiteral("aside"), renewal->aside)
            .add(QStringLiteral("entries"), renewal->state.entries)
            .add(QStringLiteral("ok"), renewal->state.ok)
            .add(QStringLiteral("brokenAt"),
                 renewal->state.brokenAt ? QJsonValue(*renewal->state.brokenAt) : QJsonValue(QJsonValue::Null))
            .add(QStringLiteral("auditId"), renewal->operation);
        answer.note = QStringLiteral("The old log was whole up to entry %1; that it was put aside is its last entry.")
                          .arg(renewal->state.entries);
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeAuditRenew()
{
    return std::make_unique<AuditRenewCommand>();
}

} // namespace rollcall::ctl
