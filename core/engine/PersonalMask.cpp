#include "core/engine/PersonalMask.h"

#include <algorithm>
#include <array>

#include "core/base/PersonalText.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine {

namespace {

using jose::JsonValue;

enum class Kind { Other, Name, Hidden };

/// What a member holds by its name, without regard to case, underscores and hyphens: `given_name` is `givenName`.
Kind kindOf(const QString &member)
{
    using Names = std::array<QLatin1StringView, 15>;
    static constexpr Names names{QLatin1StringView("name"),
                                 QLatin1StringView("email"),
                                 QLatin1StringView("givenname"),
                                 QLatin1StringView("familyname"),
                                 QLatin1StringView("middlename"),
                                 QLatin1StringView("firstname"),
                                 QLatin1StringView("lastname"),
                                 QLatin1StringView("surname"),
                                 QLatin1StringView("fullname"),
                                 QLatin1StringView("displayname"),
                                 QLatin1StringView("nickname"),
                                 QLatin1StringView("username"),
                                 QLatin1StringView("displayusername"),
                                 QLatin1StringView("preferredusername"),
                                 QLatin1StringView("login")};
    using Hidden = std::array<QLatin1StringView, 9>;
    static constexpr Hidden hidden{
        QLatin1StringView("image"),     QLatin1StringView("picture"), QLatin1StringView("avatar"),
        QLatin1StringView("avatarurl"), QLatin1StringView("profile"), QLatin1StringView("phonenumber"),
        QLatin1StringView("phone"),     QLatin1StringView("address"), QLatin1StringView("birthdate")};
    const QString plain = QString(member).remove(QLatin1Char('_')).remove(QLatin1Char('-')).toLower();
    if (std::ranges::find(names, plain) != names.end())
        return Kind::Name;
    return std::ranges::find(hidden, plain) != hidden.end() ? Kind::Hidden : Kind::Other;
}

QString hidden()
{
    return QString(3, QChar(0x2022));
}

/// Whether @p character ends what an e-mail may be part of, as in "auth0|ada@acme.com". Whatever else stands beside
/// one, such as quotes and brackets, may be of it and is masked with it.
bool isBetween(QChar character)
{
    return character.isSpace() || QStringView(u"/:,;|<>").contains(character);
}

/// Where the e-mail begins whose @ stands at @p at, not before @p from. A quoted local part may hold anything.
qsizetype beginOf(const QString &text, qsizetype at, qsizetype from)
{
    const auto isQuote = [&text](qsizetype i) {
        return text.at(i) == QLatin1Char('"') && (i == 0 || text.at(i - 1) != QLatin1Char('\\'));
    };
    qsizetype begin = at;
    if (at > from && isQuote(at - 1)) {
        for (qsizetype i = at - 2; i >= from && begin == at; --i) {
            if (isQuote(i))
                begin = i;
        }
    }
    while (begin > from && !isBetween(text.at(begin - 1)))
        --begin;
    return begin;
}

/// @p text with every e-mail in it masked, also where its @ stands as in an address of the web. Each character is
/// looked at a few times at most, however long the text is.
QString withEmailsMasked(const QString &text)
{
    const QLatin1StringView escaped("%40");
    QString result;
    qsizetype end = 0;
    qsizetype at = text.indexOf(QLatin1Char('@'));
    qsizetype escapedAt = text.indexOf(escaped);
    while (at >= 0 || escapedAt >= 0) {
        const qsizetype first = at < 0 || (escapedAt >= 0 && escapedAt < at) ? escapedAt : at;
        const qsizetype begin = beginOf(text, first, end);
        result += QStringView(text).mid(end, begin - end);
        for (end = first; end < text.size() && !isBetween(text.at(end));)
            ++end;
        const QString found = text.mid(begin, end - begin).replace(escaped, QLatin1StringView("@"));
        result += found.size() > 1 ? base::maskedEmail(found) : found; // an @ alone is a word
        if (at >= 0 && at < end)
            at = text.indexOf(QLatin1Char('@'), end);
        if (escapedAt >= 0 && escapedAt < end)
            escapedAt = text.indexOf(escaped, end);
    }
    return result + QStringView(text).mid(end);
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
        result.push_back({withEmailsMasked(member.name), masked(member.value, own == Kind::Other ? kind : own)});
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
