#include "core/session/Session.h"

namespace rollcall::session {

QString stateName(SessionState state)
{
    switch (state) {
    case SessionState::Live:
        return QStringLiteral("live");
    case SessionState::Expired:
        return QStringLiteral("expired");
    case SessionState::Orphan:
        return QStringLiteral("orphan");
    case SessionState::Unknown:
        return QStringLiteral("unknown");
    }
    Q_UNREACHABLE();
}

} // namespace rollcall::session
