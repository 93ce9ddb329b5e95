#include "app/ctl/Commands.h"
#include "app/ctl/OutFile.h"
#include "core/audit/AuditRenewal.h"
#include "core/audit/EvidencePack.h"

namespace rollcall::ctl {

namespace {

/// Where the operation was not found, but in a log that was put aside, says in which.
base::Error explained(const base::Error &error, const audit::AuditLog &log, const QString &operation)
{
    if (error.code != base::ErrorCode::NotFound || error.param(base::ErrorParam::Part) != QStringLiteral("operation"))
        return error;
    const QString aside = audit::asideWith(log, operation);
    if (aside.isEmpty())
        return error;
    return base::Error(base::ErrorCode::NotFound)
        .with(base::ErrorParam::Name, operation)
        .with(base::ErrorParam::Part, QStringLiteral("operation aside"))
        .with(base::ErrorParam::Path, aside);
}

class AuditEvidenceCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags = outFlags(QStringLiteral("where the tar archive goes"));
        flags.insert(
            flags.end(),
            {{QStringLiteral("operation"), QStringLiteral("ID"), QStringLiteral("about this operation (auditId)")},
             {QStringLiteral("from"), QStringLiteral("TIME"), QStringLiteral("or about what was done since then")},
             {QStringLiteral("to"), QStringLiteral("TIME"), QStringLiteral("and before then")},
             {QStringLiteral("whole"),
              {},
              QStringLiteral("with who acted and the reason typed, which may be personal data")}});
        return {
            {QStringLiteral("audit"), QStringLiteral("evidence")},
            {},
            false,
            QStringLiteral("one signed archive about an operation or a span of time, to be checked without Rollcall"),
            std::move(flags),
            {{QStringLiteral("operation"), QStringLiteral("from")},
             {QStringLiteral("operation"), QStringLiteral("to")}}};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        const auto out = neededOutFile(context, audit::isEvidence);
        if (!out)
            return Outcome::failed(out.error());
        const base::Instant now = context.clock().now();
        const auto from = arguments.time(QStringLiteral("from"), now);
        if (!from)
            return Outcome::failed(from.error());
        const auto to = arguments.time(QStringLiteral("to"), now);
        if (!to)
            return Outcome::failed(to.error());
        audit::EvidenceScope scope;
        scope.operation = arguments.value(QStringLiteral("operation")).value_or(QString());
        scope.from = *from;
        scope.to = *to;
        scope.whole = arguments.has(QStringLiteral("whole"));
        if (scope.operation.isEmpty() && !scope.from && !scope.to)
            return Outcome::failed(usageError({}, QStringLiteral("About what? Give --operation, or --from and --to.")));
        const audit::AuditLog log = context.auditLog();
        const auto evidence = audit::writeEvidence(log, scope, out->path, now, context.call(), out->onto);
        if (!evidence)
            return Outcome::failed(explained(evidence.error(), log, scope.operation));
        Answer answer;
        answer.members.add(QStringLiteral("entries"), evidence->entries)
            .add(QStringLiteral("links"), evidence->links)
            .add(QStringLiteral("keyDigest"), evidence->keyDigest)
            .add(QStringLiteral("logOk"), evidence->log.ok)
            .add(QStringLiteral("logSealed"), evidence->log.sealed);
        answer.note = QStringLiteral("Tell keyDigest to whoever checks the archive by another way than the archive.");
        if (!evidence->log.ok)
            return Outcome::no(std::move(answer),
                               QStringLiteral("The archive was written, but the log is broken at entry %1: it says so.")
                                   .arg(evidence->log.brokenAt.value_or(evidence->log.entries + 1)));
        Outcome outcome = Outcome::done(std::move(answer));
        if (!evidence->log.sealed)
            outcome.complaint = QStringLiteral("The archive was written, but not every entry of the log, or not its "
                                               "seal, is signed by our key: it says so.");
        return outcome;
    }
};

} // namespace

std::unique_ptr<const Command> makeAuditEvidence()
{
    return std::make_unique<AuditEvidenceCommand>();
}

} // namespace rollcall::ctl
