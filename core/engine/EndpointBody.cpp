#include "core/engine/EndpointBody.h"

#include "core/base/SearchParams.h"
#include "core/jose/Utf8.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;
using session::AuthVersion;
using session::CookieParser;

enum class Form { Json, Fields, None };

/// The media type alone, as the content-type package reads it.
QByteArray mediaType(const QByteArray &contentType)
{
    const qsizetype end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.first(end)).trimmed().toLower();
}

Form formOf(const QByteArray &contentType, const session::AuthProfile &profile)
{
    const bool isV4 = profile.version == AuthVersion::V4;
    if (isV4 && profile.cookieParser == CookieParser::Web)
        return Form::Json;
    if (isV4 && profile.cookieParser == CookieParser::Pages) {
        const QByteArray type = mediaType(contentType);
        if (type == "application/json" || type == "application/ld+json")
            return Form::Json;
        return type == "application/x-www-form-urlencoded" ? Form::Fields : Form::None;
    }
    if (contentType.contains("application/json"))
        return Form::Json;
    return contentType.contains("application/x-www-form-urlencoded") ? Form::Fields : Form::None;
}

/// The fields of a form. Of those that are repeated the last counts, but in Next.js Pages all of them do.
JsonValue fieldsOf(QByteArrayView body, bool keepsAll)
{
    JsonValue fields{JsonValue::Object()};
    const base::SearchParams form = base::SearchParams::parse(body);
    for (const auto &[key, text] : form.pairs()) {
        const QString name = QString::fromUtf8(key);
        const JsonValue *earlier = keepsAll ? fields.find(name) : nullptr;
        JsonValue value(QString::fromUtf8(text));
        if (earlier) {
            JsonValue::Array all = earlier->array() ? *earlier->array() : JsonValue::Array{*earlier};
            all.push_back(std::move(value));
            value = JsonValue(std::move(all));
        }
        fields.set(name, std::move(value));
    }
    return fields;
}

/// What JavaScript makes of `callbackUrl ?? …` and then of a condition.
std::optional<QByteArray> callbackOf(const JsonValue &fields)
{
    const JsonValue *member = fields.find(u"callbackUrl");
    if (!member || member->isNull())
        return std::nullopt;
    if (const QString *text = member->string())
        return text->toUtf8();
    const bool *boolean = member->boolean();
    const double *number = member->number();
    if ((boolean && !*boolean) || (number && *number == 0))
        return QByteArray();
    return EndpointBody::unusableUrl;
}

} // namespace

std::optional<EndpointBody> readEndpointBody(QByteArrayView body, const QByteArray &contentType,
                                             const session::AuthProfile &profile)
{
    EndpointBody result;
    const bool isPages = profile.version == AuthVersion::V4 && profile.cookieParser == CookieParser::Pages;
    JsonValue fields;
    switch (formOf(contentType, profile)) {
    case Form::None:
        return result;
    case Form::Fields:
        fields = fieldsOf(jose::utf8Replacing(body).toUtf8(), isPages);
        break;
    case Form::Json: {
        const bool isWeb = profile.version == AuthVersion::V4 && profile.cookieParser == CookieParser::Web;
        auto value = jose::parseJson(jose::utf8Replacing(body));
        // Pages forgives an empty body; v4 given a web Request forgives any.
        if (!value)
            return isWeb || (isPages && body.isEmpty()) ? std::optional(result) : std::nullopt;
        fields = std::move(*value);
        break;
    }
    }
    result.callbackUrl = callbackOf(fields);
    if (const JsonValue *token = fields.find(u"csrfToken"); token && token->string())
        result.csrfToken = token->string()->toUtf8();
    if (const JsonValue *data = fields.find(u"data"))
        result.data = *data;
    return result;
}

} // namespace rollcall::engine
