#include "core/engine/betterauth/CompactCache.h"

#include <algorithm>
#include <cmath>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/SignedCookie.h"
#include "core/jose/Base64Url.h"
#include "core/jose/Utf8.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

/// @better-auth/utils' decoder: the URL alphabet where `-` or `_` occurs, else the standard one; `=` ends the data;
/// nullopt where it throws.
std::optional<QByteArray> decodeBase64(QByteArrayView text)
{
    const bool isUrl = text.contains('-') || text.contains('_');
    const qsizetype end = text.indexOf('=');
    const QByteArrayView data = end < 0 ? text : text.first(end);
    const auto belongs = [isUrl](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               (isUrl ? c == '-' || c == '_' : c == '+' || c == '/');
    };
    if (!std::ranges::all_of(data, belongs))
        return std::nullopt;
    return jose::fromBase64Lenient(data);
}

/// The text that is signed.
QByteArray signedText(JsonValue data, double expiresAt)
{
    data.set(QStringLiteral("expiresAt"), JsonValue(expiresAt));
    return jose::printJson(data);
}

/// A record without the member that an assignment would lose.
JsonValue withoutProto(const JsonValue &object)
{
    JsonValue::Object kept;
    std::ranges::copy_if(membersOf(object), std::back_inserter(kept),
                         [](const JsonValue::Member &member) { return member.name != u"__proto__"; });
    return JsonValue(std::move(kept));
}

} // namespace

tl::expected<CacheContent, CacheFailure> openCompact(QByteArrayView secret, QByteArrayView value)
{
    const auto bytes = decodeBase64(value);
    if (!bytes)
        return tl::unexpected(CacheFailure::Throws);
    const auto sealed = parseReviving(jose::utf8Replacing(*bytes));
    const auto member = [&sealed](QStringView name) { return sealed ? sealed->find(name) : nullptr; };
    const JsonValue *data = member(u"session");
    const auto expiresAt = numberOf(member(u"expiresAt"));
    const JsonValue *signature = member(u"signature");
    const bool isSigned = signature && signature->string() && !isRevivedDate(*signature->string());
    if (!data || !data->object() || !expiresAt || !std::isfinite(*expiresAt) || !isSigned)
        return tl::unexpected(CacheFailure::Refused);
    const auto mac = decodeBase64(textOf(signature).toUtf8());
    if (!mac)
        return tl::unexpected(CacheFailure::Throws);
    JsonValue content = withoutProto(*data);
    if (!verifyHmacSha256(secret, signedText(content, *expiresAt), *mac))
        return tl::unexpected(CacheFailure::Refused);
    return CacheContent{std::move(content), *expiresAt};
}

base::SecretBytes sealCompact(QByteArrayView secret, const JsonValue &data, double expiresAt)
{
    JsonValue sealed{JsonValue::Object()};
    sealed.set(QStringLiteral("session"), data);
    sealed.set(QStringLiteral("expiresAt"), JsonValue(expiresAt));
    const QByteArray mac = jose::toBase64Url(hmacSha256(secret, signedText(data, expiresAt)));
    sealed.set(QStringLiteral("signature"), JsonValue(QString::fromLatin1(mac)));
    QByteArray text = jose::toBase64Url(jose::printJson(sealed));
    return base::SecretBytes::fromAndWipe(text);
}

} // namespace rollcall::engine::betterauth
