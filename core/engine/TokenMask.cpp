#include "core/engine/TokenMask.h"

#include <algorithm>

#include "core/base/Fingerprint.h"
#include "core/engine/SessionEngine.h"
#include "core/http/Cookie.h"
#include "core/http/CookieNames.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

/// Shorter ones are masked where they stand alone: inside other text they are too likely to be chance.
constexpr qsizetype shortestInsideText = 16;

/// What the session cookies of a request may be shown as in a body, each in any of the libraries' readings.
std::vector<QString> tokensOf(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    std::vector<QString> tokens;
    const auto add = [&tokens](QByteArrayView token) {
        if (!token.isEmpty())
            tokens.push_back(QString::fromUtf8(token));
    };
    add(assembleToken(profile, cookieHeader).view());
    for (const http::Cookie &cookie : sessionCookiesOf(profile, cookieHeader)) {
        add(cookie.value.view());
        if (const qsizetype dot = cookie.value.view().lastIndexOf('.'); dot > 0) // Better Auth: token.signature
            add(cookie.value.view().first(dot));
    }
    // The longest first: a token may begin with another.
    std::ranges::sort(tokens, std::ranges::greater(), &QString::size);
    return tokens;
}

/// Masks the tokens of one request.
class Mask
{
public:
    explicit Mask(std::vector<QString> tokens) : m_tokens(std::move(tokens)) {}

    /// @p isToken: by its name, @p value is one.
    JsonValue masked(const JsonValue &value, bool isToken)
    {
        if (const QString *text = value.string())
            return JsonValue(isToken && !text->isEmpty() ? replaced(*text) : withoutKnown(*text));
        if (const JsonValue::Array *array = value.array()) {
            JsonValue::Array result;
            result.reserve(array->size());
            for (const JsonValue &element : *array)
                result.push_back(masked(element, isToken));
            return JsonValue(std::move(result));
        }
        return value.object() ? maskedObject(*value.object(), false) : value;
    }

    /// @p isSession: the object is the member `session` of another.
    JsonValue maskedObject(const JsonValue::Object &object, bool isSession)
    {
        JsonValue::Object result;
        result.reserve(object.size());
        for (const JsonValue::Member &member : object) {
            const bool holdsToken = member.name.compare(u"sessionToken", Qt::CaseInsensitive) == 0 ||
                                    member.name.compare(u"session_token", Qt::CaseInsensitive) == 0 ||
                                    (isSession && member.name == u"token");
            const JsonValue::Object *inner = member.name == u"session" ? member.value.object() : nullptr;
            result.push_back({member.name, inner ? maskedObject(*inner, true) : masked(member.value, holdsToken)});
        }
        return JsonValue(std::move(result));
    }

    [[nodiscard]] bool hasMasked() const { return m_hasMasked; }

private:
    QString replaced(const QString &token)
    {
        m_hasMasked = true;
        return base::Fingerprint::of(token.toUtf8()).text();
    }
    QString withoutKnown(const QString &text)
    {
        QString result = text;
        for (const QString &token : m_tokens) {
            if (result == token || (token.size() >= shortestInsideText && result.contains(token)))
                result.replace(token, replaced(token));
        }
        return result;
    }

    const std::vector<QString> m_tokens;
    bool m_hasMasked = false;
};

} // namespace

QByteArray withTokensMasked(const QByteArray &session, const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    const auto value = jose::parseJson(QString::fromUtf8(session));
    if (!value) // no JSON, so nothing that may be shown as a session
        return QByteArrayLiteral("null");
    Mask mask(tokensOf(profile, cookieHeader));
    const JsonValue shown = mask.masked(*value, false);
    return mask.hasMasked() ? jose::printJson(shown) : session;
}

http::Cookies sessionCookiesOf(const session::AuthProfile &profile, QByteArrayView cookieHeader)
{
    http::Cookies cookies = http::parseCookies(cookieHeader, http::CookieDialect::AuthCore);
    const std::vector<QByteArray> stems = http::sessionCookieStems(profile);
    std::erase_if(cookies, [&stems](const http::Cookie &cookie) {
        return std::ranges::none_of(stems, [&cookie](const QByteArray &stem) { return cookie.name.startsWith(stem); });
    });
    return cookies;
}

} // namespace rollcall::engine
