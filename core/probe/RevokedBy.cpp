#include "core/probe/RevokedBy.h"

namespace rollcall::probe {

QString revokedByName(RevokedBy by)
{
    switch (by) {
    case RevokedBy::Row:
        return QStringLiteral("database");
    case RevokedBy::Rule:
        return QStringLiteral("jwt-not-before");
    case RevokedBy::Nothing:
        return QStringLiteral("jwt");
    }
    return {};
}

std::optional<RevokedBy> revokedByOf(const QString &name)
{
    for (const RevokedBy by : {RevokedBy::Row, RevokedBy::Rule, RevokedBy::Nothing}) {
        if (revokedByName(by) == name)
            return by;
    }
    return std::nullopt;
}

} // namespace rollcall::probe
