#include "core/engine/PersonalMask.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

#include "core/base/PersonalText.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

enum class Kind { Other, Name, Hidden };

/// What a member holds by its name, without regard to case and underscores: `given_name` is `givenName`.
Kind kindOf(const QString &member)
{
    using Names = std::array<QLatin1StringView, 13>;
    static constexpr Names names{QLatin1StringView("name"),
                                 QLatin1StringView("email"),
                                 QLatin1StringView("givenname"),
                                 QLatin1StringView("familyname"),
                                 QLatin1StringView("middlename"),
                                 QLatin1StringView("firstname"),
                                 QLatin1StringView("lastname"),
                                 QLatin1StringView("fullname"),
                                 QLatin1StringView("displayname"),
                                 QLatin1StringView("nickname"),
                                 QLatin1StringView("username"),
                                 QLatin1StringView("displayusername"),
                                 QLatin1StringView("preferredusername")};
    using Hidden = std::array<QLatin1StringView, 9>;
    static constexpr Hidden hidden{
        QLatin1StringView("image"),     QLatin1StringView("picture"), QLatin1StringView("avatar"),
        QLatin1StringView("avatarurl"), QLatin1StringView("profile"), QLatin1StringView("phonenumber"),
        QLatin1StringView("phone"),     QLatin1StringView("address"), QLatin1StringView("birthdate")};
    const QString plain = QString(member).remove(QLatin1Char('_')).toLower();
    if (std::ranges::find(names, plain) != names.end())
        return Kind::Name;
    return std::ranges::find(hidden, plain) != hidden.end() ? Kind::Hidden : Kind::Other;
}

QString hidden()
{
    return QString(3, QChar(0x2022));
}

/// @p text with every e-mail in it masked.
QString withEmailsMasked(const QString &text)
{
    static const QRegularExpression email(QStringLiteral("[^\\s@/:,;|<>()\"']+@[^\\s@/:,;|<>()\"']+"));
    QString result;
    qsizetype end = 0;
    for (auto found = email.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch match = found.next();
        result += text.mid(end, match.capturedStart() - end) + base::maskedEmail(match.captured());
        end = match.capturedEnd();
    }
    return result + text.mid(end);
}

QString maskedText(const QString &text, Kind kind)
{
    if (text.isEmpty())
        return text;
    switch (kind) {
    case Kind::Name:
        return base::maskedName(text);
    case Kind::Hidden:
        return hidden();
    case Kind::Other:
        break;
    }
    return withEmailsMasked(text);
}

/// @p kind holds for what is inside too: an address may be an object, names a list.
JsonValue masked(const JsonValue &value, Kind kind)
{
    if (const QString *text = value.string())
        return JsonValue(maskedText(*text, kind));
    if (const JsonValue::Array *array = value.array()) {
        JsonValue::Array result;
        result.reserve(array->size());
        for (const JsonValue &element : *array)
            result.push_back(masked(element, kind));
        return JsonValue(std::move(result));
    }
    const JsonValue::Object *object = value.object();
    if (!object) // a number may be a phone's
        return kind == Kind::Hidden && value.number() ? JsonValue(hidden()) : value;
    JsonValue::Object result;
    result.reserve(object->size());
    for (const JsonValue::Member &member : *object) {
        const Kind own = kindOf(member.name);
        result.push_back({member.name, masked(member.value, own == Kind::Other ? kind : own)});
    }
    return JsonValue(std::move(result));
}

} // namespace

QByteArray withPersonalMasked(const QByteArray &json)
{
    const auto value = jose::parseJson(QString::fromUtf8(json));
    return value ? jose::printJson(masked(*value, Kind::Other)) : QByteArrayLiteral("null");
}

} // namespace rollcall::engine
