#include "app/ctl/SessionRecord.h"

#include <QJsonArray>

namespace rollcall::ctl {

JsonRecord recordOf(const session::ListedSession &listed)
{
    JsonRecord record;
    record.add(QStringLiteral("id"), orNull(listed.id))
        .add(QStringLiteral("fingerprint"), listed.fingerprint.text())
        .add(QStringLiteral("userId"), orNull(listed.userId))
        .add(QStringLiteral("name"), orNull(listed.name))
        .add(QStringLiteral("email"), orNull(listed.email))
        .add(QStringLiteral("providers"), QJsonArray::fromStringList(listed.providers))
        .add(QStringLiteral("expires"), orNull(listed.expires))
        .add(QStringLiteral("state"), session::stateName(listed.state))
        .add(QStringLiteral("createdAt"), orNull(listed.createdAt))
        .add(QStringLiteral("ipAddress"), orNull(listed.ipAddress))
        .add(QStringLiteral("userAgent"), orNull(listed.userAgent));
    // Few deployments know these.
    if (listed.impersonatedBy)
        record.add(QStringLiteral("impersonatedBy"), *listed.impersonatedBy);
    if (listed.organization)
        record.add(QStringLiteral("organization"), *listed.organization);
    return record;
}

QStringList sessionTableColumns()
{
    return {QStringLiteral("id"),        QStringLiteral("fingerprint"), QStringLiteral("name"), QStringLiteral("email"),
            QStringLiteral("providers"), QStringLiteral("expires"),     QStringLiteral("state")};
}

} // namespace rollcall::ctl
