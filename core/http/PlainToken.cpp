#include "core/http/PlainToken.h"

#include <cstring>

namespace rollcall::http {

bool hasPlainTokens(QByteArrayView cookieName)
{
    // The names that some parsers lose have neither dot nor hyphen.
    return standsForItself(cookieName) && (cookieName.contains('-') || cookieName.contains('.'));
}

QByteArrayView plainToken(QByteArrayView header, QByteArrayView cookieName)
{
    QByteArrayView token;
    const char *at = header.begin();
    const auto nameSize = static_cast<std::size_t>(cookieName.size());
    while (at != header.end()) {
        const void *separator = std::memchr(at, ';', static_cast<std::size_t>(header.end() - at));
        const char *end = separator ? static_cast<const char *>(separator) : header.end();
        while (at != end && *at == ' ')
            ++at;
        // Parsers disagree on which other blanks belong to a name.
        if (at != end && (*at < '!' || *at > '~'))
            return {};
        if (static_cast<std::size_t>(end - at) >= nameSize && std::memcmp(at, cookieName.data(), nameSize) == 0) {
            const QByteArrayView rest(at + nameSize, end);
            if (!token.isEmpty() || rest.size() < 2 || rest.front() != '=' || !standsForItself(rest.sliced(1)))
                return {};
            token = rest.sliced(1);
        }
        at = separator ? end + 1 : end;
    }
    return token;
}

} // namespace rollcall::http
