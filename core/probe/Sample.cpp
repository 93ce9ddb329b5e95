#include "core/probe/Sample.h"

namespace rollcall::probe {

QString outcomeName(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Ok:
        return QStringLiteral("ok");
    case Outcome::Unauthenticated:
        return QStringLiteral("unauthenticated");
    case Outcome::UnexpectedAuth:
        return QStringLiteral("unexpected_auth");
    case Outcome::Redirect:
        return QStringLiteral("redirect");
    case Outcome::Http4xx:
        return QStringLiteral("http_4xx");
    case Outcome::Http5xx:
        return QStringLiteral("http_5xx");
    case Outcome::RateLimited:
        return QStringLiteral("rate_limited");
    case Outcome::BadBody:
        return QStringLiteral("bad_body");
    case Outcome::Oversize:
        return QStringLiteral("oversize");
    case Outcome::Dns:
        return QStringLiteral("dns");
    case Outcome::ConnectRefused:
        return QStringLiteral("connect_refused");
    case Outcome::ConnectTimeout:
        return QStringLiteral("connect_timeout");
    case Outcome::Tls:
        return QStringLiteral("tls");
    case Outcome::Reset:
        return QStringLiteral("reset");
    case Outcome::Timeout:
        return QStringLiteral("timeout");
    case Outcome::AbortedByUser:
        return QStringLiteral("aborted_by_user");
    case Outcome::AbortedByGuard:
        return QStringLiteral("aborted_by_guard");
    }
    return {};
}

} // namespace rollcall::probe
