// JSON text of claims, against simdjson and against itself.
#include <simdjson.h>

#include <cmath>

#include "core/jose/CanonicalJson.h"
#include "core/jose/JsonText.h"
#include "core/jose/Utf8.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using jose::JsonValue;

bool same(const JsonValue &a, const JsonValue &b)
{
    // JSON.stringify writes what is not finite as null.
    if (a.number() && !std::isfinite(*a.number()) && b.isNull())
        return true;
    if (a.number() && b.number())
        return *a.number() == *b.number();
    if (a.string() && b.string())
        return *a.string() == *b.string();
    if (a.boolean() && b.boolean())
        return *a.boolean() == *b.boolean();
    if (a.array() && b.array()) {
        return std::ranges::equal(*a.array(), *b.array(), same);
    }
    if (a.object() && b.object()) {
        return std::ranges::equal(*a.object(), *b.object(), [](const auto &x, const auto &y) {
            return x.name == y.name && same(x.value, y.value);
        });
    }
    return a.isNull() && b.isNull();
}

/// simdjson is stricter than JSON.parse (numbers beyond a double, lone surrogates, depth), never laxer: what it
/// accepts must be accepted.
void checkAgainstSimdjson(QByteArrayView utf8, bool accepted)
{
    simdjson::dom::parser parser;
    if (parser.allocate(static_cast<std::size_t>(utf8.size()) + 1, jose::maxJsonDepth) != simdjson::SUCCESS)
        return;
    simdjson::dom::element element;
    const auto error = parser.parse(utf8.data(), static_cast<std::size_t>(utf8.size())).get(element);
    require(error != simdjson::SUCCESS || accepted, "what simdjson reads is read");
    const bool surelyWrong = error == simdjson::TAPE_ERROR || error == simdjson::UNCLOSED_STRING ||
                             error == simdjson::T_ATOM_ERROR || error == simdjson::F_ATOM_ERROR ||
                             error == simdjson::N_ATOM_ERROR || error == simdjson::UNESCAPED_CHARS ||
                             error == simdjson::EMPTY;
    require(!surelyWrong || !accepted, "what simdjson calls malformed is refused");
}

/// An index must say of each member what the value says of it.
void checkIndex(QByteArrayView text, const jose::ClaimIndex &index, const JsonValue &value)
{
    require(value.object() != nullptr, "only objects are indexed");
    require(index.size() == static_cast<qsizetype>(value.object()->size()), "each member is indexed");
    for (qsizetype i = 0; i < index.size(); ++i) {
        const jose::ClaimMember &entry = index[i];
        const JsonValue::Member &member = value.object()->at(static_cast<std::size_t>(i));
        require(QByteArray('"' + text.sliced(entry.nameAt, entry.nameSize).toByteArray() + '"') ==
                    jose::printJson(JsonValue(member.name)),
                "under its name");
        require(text.sliced(entry.valueAt(), entry.end - entry.valueAt()) == jose::printJson(member.value),
                "with its value");
    }
}

/// The short way over text that is as JSON.stringify prints it must come to the same as the careful one.
void checkClaims(QByteArrayView utf8, const std::optional<JsonValue> &value)
{
    jose::ClaimIndex index;
    if (jose::indexCanonical(utf8, index)) {
        require(value.has_value(), "what is indexed can be read");
        require(jose::printJson(*value) == utf8, "what is indexed is as it would be printed");
        checkIndex(utf8, index, *value);
    }
    if (!value)
        return;
    const auto claims = jose::Claims::fromValue(*value);
    require(claims.has_value() == (value->object() != nullptr), "objects, and they alone, are claims");
    if (!claims)
        return;
    require(claims->text() == jose::printJson(*value), "claims are as they would be printed");
    checkIndex(claims->text(), claims->members(), *value);
    require(same(*value, claims->value()), "claims give their value back");
}

} // namespace

void tryInput(QByteArrayView input)
{
    // A byte order mark is the caller's affair: both readers of UTF-8 drop it.
    const QString text = jose::utf8Replacing(input);
    const auto strict = jose::utf8Strict(input);
    require(!strict || *strict == text, "both readers of UTF-8 agree where nothing is broken");
    const QByteArray utf8 = text.toUtf8();
    const auto value = jose::parseJson(text);
    checkAgainstSimdjson(utf8, value.has_value());
    checkClaims(utf8, value);
    if (!value)
        return;
    const QByteArray printed = jose::printJson(*value);
    const auto again = jose::parseJson(QString::fromUtf8(printed));
    require(again.has_value(), "what is printed can be read");
    require(same(*value, *again), "it is read as the same value");
    require(jose::printJson(*again) == printed, "and printed the same again");
}

} // namespace rollcall::fuzz
