#include "core/store/UserDirectory.h"

#include <QRegularExpression>

namespace rollcall::store {

bool isCanaryUser(const std::optional<QString> &name, const std::optional<QString> &email)
{
    static const QRegularExpression address(QStringLiteral("^canary-[0-9a-f]{8}@%1$")
                                                .arg(QRegularExpression::escape(QLatin1StringView(canaryEmailDomain))));
    if (!name && !email)
        return false;
    return (!name || *name == QLatin1StringView(canaryUserName)) && (!email || address.match(*email).hasMatch());
}

} // namespace rollcall::store
