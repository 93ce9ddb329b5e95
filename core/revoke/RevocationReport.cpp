#include "core/revoke/RevocationReport.h"

#include <QStringList>

namespace rollcall::revoke {

QString VerificationReport::because() const
{
    if (uncheckedBecause.size() == 1)
        return uncheckedBecause.firstKey();
    QStringList reasons;
    for (auto it = uncheckedBecause.cbegin(); it != uncheckedBecause.cend(); ++it)
        reasons << QStringLiteral("%1: %2").arg(it.value()).arg(it.key());
    return reasons.join(QStringLiteral("; "));
}

QJsonObject VerificationReport::becauseJson() const
{
    QJsonObject json;
    for (auto it = uncheckedBecause.cbegin(); it != uncheckedBecause.cend(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

} // namespace rollcall::revoke
