#include "core/base/Loopback.h"

#include <arpa/inet.h>

namespace rollcall::base {

bool isLoopbackHost(const QString &host)
{
    QString bare = host.toLower();
    if (bare.startsWith(QLatin1Char('[')) && bare.endsWith(QLatin1Char(']')))
        bare = bare.mid(1, bare.size() - 2);
    if (bare == QStringLiteral("localhost"))
        return true;
    // inet_pton takes whole dotted quads only, so "127.1" or "127.0.0.1.example" do not pass.
    const QByteArray text = bare.toLatin1();
    in_addr v4{};
    if (inet_pton(AF_INET, text.constData(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, text.constData(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

} // namespace rollcall::base
