#include "app/ctl/RevealedTokens.h"

#include "app/ctl/RecordedRead.h"
#include "core/audit/AuditedAct.h"

namespace rollcall::ctl {

base::Result<QHash<QString, QString>> revealTokens(Context &context, const deployment::ConnectionConfig &config,
                                                   store::SessionStore &store,
                                                   std::span<const session::ListedSession> sessions)
{
    QStringList names;
    bool readsTable = false;
    for (const session::ListedSession &listed : sessions) {
        readsTable = readsTable || !listed.id;
        names << listed.id.value_or(listed.fingerprint.text());
    }
    if (readsTable)
        context.output().warn(QStringLiteral("sessions have no ids here: they are all read to find these tokens."));

    audit::AuditLog log = context.auditLog();
    if (const auto signs = checkSignsLast(context, log); !signs)
        return base::fail(signs.error());
    audit::AuditEntry entry;
    entry.action = QStringLiteral("sessions.reveal");
    entry.connection = config.displayName();
    entry.reason = context.arguments().value(QStringLiteral("reason")).value_or(QString());
    entry.counts = {{QStringLiteral("sessions"), static_cast<qint64>(sessions.size())}};
    QHash<QString, QString> tokens;
    const auto done = audit::audited(
        log, entry, audit::WithoutRecord::Refuse, context.call(), [&](audit::AuditEntry &outcome) -> base::Status {
            QStringList gone;
            const auto rows = store.findRows(names, gone, context.clock().now(), context.call());
            if (!rows)
                return base::fail(rows.error());
            for (const store::PlannedRow &row : *rows)
                tokens.insert(row.key.fingerprint.text(), QString::fromUtf8(row.key.token.view()));
            outcome.counts.insert(QStringLiteral("revealed"), tokens.size());
            return {};
        });
    if (!done)
        return base::fail(done.error());
    return tokens;
}

} // namespace rollcall::ctl
