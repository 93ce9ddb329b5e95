// JSON text of claims, against simdjson and against itself.
#include <simdjson.h>

#include <cmath>

#include "core/jose/JsonText.h"
#include "core/jose/Utf8.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

namespace {

using jose::JsonValue;

bool sameNumber(double a, double b)
{
    // JSON.stringify writes what is not finite as null, and -0 as 0.
    return a == b || (!std::isfinite(a) && !std::isfinite(b));
}

bool same(const JsonValue &a, const JsonValue &b)
{
    if (const double *number = a.number(); number && !std::isfinite(*number))
        return b.isNull();
    if (a.number() && b.number())
        return sameNumber(*a.number(), *b.number());
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
    if (!value)
        return;
    const QByteArray printed = jose::printJson(*value);
    const auto again = jose::parseJson(QString::fromUtf8(printed));
    require(again.has_value(), "what is printed can be read");
    require(same(*value, *again), "it is read as the same value");
    require(jose::printJson(*again) == printed, "and printed the same again");
}

} // namespace rollcall::fuzz
