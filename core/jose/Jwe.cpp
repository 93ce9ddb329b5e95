#include "core/jose/Jwe.h"

#include <algorithm>

namespace rollcall::jose {

Accepted<JweParts> splitCompact(QByteArrayView token)
{
    if (token.size() > maxTokenBytes)
        return refuse(DecodeFailure::Malformed, DecodeStep::Parts, QStringLiteral("the token is too large"));
    const auto dots = std::ranges::count(token, '.');
    if (dots != 4) {
        return refuse(DecodeFailure::Malformed, DecodeStep::Parts,
                      QStringLiteral("%1 parts instead of five").arg(dots + 1));
    }
    const auto next = [&token] {
        const qsizetype dot = token.indexOf('.');
        const QByteArrayView part = dot < 0 ? token : token.first(dot);
        token = dot < 0 ? QByteArrayView() : token.sliced(dot + 1);
        return part;
    };
    JweParts parts;
    parts.header = next();
    parts.encryptedKey = next();
    parts.iv = next();
    parts.ciphertext = next();
    parts.tag = next();
    return parts;
}

Accepted<void> checkCritical(const JsonValue &header, QStringView recognised)
{
    const JsonValue *crit = header.find(u"crit");
    if (!crit)
        return {};
    const JsonValue::Array *names = crit->array();
    const auto isName = [](const JsonValue &name) { return name.string() && !name.string()->isEmpty(); };
    if (!names || names->empty() || !std::ranges::all_of(*names, isName))
        return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("\"crit\" is no list of names"));
    for (const JsonValue &name : *names) {
        const QString *text = name.string();
        if (!text || *text != recognised) {
            return refuse(DecodeFailure::Unsupported, DecodeStep::Algorithm,
                          QStringLiteral("a critical header extension is not recognised"));
        }
        if (!header.find(recognised))
            return refuse(DecodeFailure::Malformed, DecodeStep::Header, QStringLiteral("a critical header is missing"));
    }
    return {};
}

Accepted<QString> algorithmOf(const JsonValue &header, QStringView name)
{
    const JsonValue *member = header.find(name);
    if (!member || !member->string() || member->string()->isEmpty()) {
        return refuse(DecodeFailure::Malformed, DecodeStep::Header,
                      QStringLiteral("the header has no \"%1\"").arg(name));
    }
    return *member->string();
}

} // namespace rollcall::jose
