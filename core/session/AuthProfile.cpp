#include "core/session/AuthProfile.h"

namespace rollcall::session {

bool AuthProfile::canDecode() const
{
    if (signedTokens && !signedTokens->keys.empty())
        return true;
    return !secrets.empty() && !(secrets.size() == 1 && secrets.front().isEmpty());
}

QString versionName(AuthVersion version)
{
    switch (version) {
    case AuthVersion::V4:
        return QStringLiteral("v4");
    case AuthVersion::V5:
        return QStringLiteral("v5");
    case AuthVersion::BetterAuth:
        return QStringLiteral("better-auth");
    }
    Q_UNREACHABLE();
}

QString strategyName(Strategy strategy)
{
    return strategy == Strategy::Jwt ? QStringLiteral("jwt") : QStringLiteral("database");
}

} // namespace rollcall::session
