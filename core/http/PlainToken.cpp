#include "core/http/PlainToken.h"

namespace rollcall::http {

bool hasPlainTokens(QByteArrayView cookieName)
{
    // The names that some parsers lose have neither dot nor hyphen.
    return standsForItself(cookieName) && (cookieName.contains('-') || cookieName.contains('.'));
}

QByteArrayView plainToken(QByteArrayView header, QByteArrayView cookieName)
{
    QByteArrayView token;
    for (;;) {
        const qsizetype end = header.indexOf(';');
        QByteArrayView piece = end < 0 ? header : header.first(end);
        while (piece.startsWith(' '))
            piece = piece.sliced(1);
        // Parsers disagree on which other blanks belong to a name.
        if (!piece.isEmpty() && (piece.front() < '!' || piece.front() > '~'))
            return {};
        if (piece.startsWith(cookieName)) {
            const QByteArrayView rest = piece.sliced(cookieName.size());
            if (!token.isEmpty() || rest.size() < 2 || rest.front() != '=' || !standsForItself(rest.sliced(1)))
                return {};
            token = rest.sliced(1);
        }
        if (end < 0)
            return token;
        header = header.sliced(end + 1);
    }
}

} // namespace rollcall::http
