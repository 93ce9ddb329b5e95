#include "core/http/PlainToken.h"

#include <cstring>

#include "core/http/PlainRun.h"

namespace rollcall::http {

bool hasPlainTokens(QByteArrayView cookieName)
{
    // The names that some parsers lose have neither dot nor hyphen.
    return standsForItself(cookieName) && (cookieName.contains('-') || cookieName.contains('.'));
}

QByteArrayView plainToken(QByteArrayView header, QByteArrayView cookieName)
{
    static const PlainRunEnd valueEnd = vectorPlainRunEnd() ? vectorPlainRunEnd() : plainRunEnd;
    QByteArrayView token;
    const char *at = header.begin();
    const char *const end = header.end();
    const auto nameSize = static_cast<std::size_t>(cookieName.size());
    while (at != end) {
        while (at != end && *at == ' ')
            ++at;
        if (at == end)
            break;
        // Parsers disagree on which other blanks belong to a name.
        if (*at < '!' || *at > '~')
            return {};
        if (*at == cookieName.front() && static_cast<std::size_t>(end - at) >= nameSize &&
            std::memcmp(at, cookieName.data(), nameSize) == 0) {
            const char *const equals = at + nameSize;
            if (!token.isEmpty() || end - equals < 2 || *equals != '=')
                return {};
            at = valueEnd(header.begin(), equals + 1, end);
            if (at == equals + 1 || (at != end && *at != ';'))
                return {};
            token = QByteArrayView(equals + 1, at);
        } else {
            const void *separator = std::memchr(at, ';', static_cast<std::size_t>(end - at));
            if (!separator)
                break;
            at = static_cast<const char *>(separator);
        }
        if (at != end)
            ++at; // the separator
    }
    return token;
}

} // namespace rollcall::http
