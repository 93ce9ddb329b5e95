#pragma once

#include <QByteArray>
#include <QString>

#include <optional>
#include <variant>
#include <vector>

namespace rollcall::jose {

/// A JSON value as JavaScript holds it: members in object order (integer-like names first, then as they came), numbers
/// are doubles, strings are UTF-16 and may hold lone surrogates. **Thread-safety:** a plain value.
class JsonValue
{
public:
    struct Member;
    using Array = std::vector<JsonValue>;
    using Object = std::vector<Member>;

    JsonValue(); ///< null
    explicit JsonValue(bool value);
    explicit JsonValue(double value);
    explicit JsonValue(QString value);
    explicit JsonValue(Array value);
    /// Members must be in object order and their names distinct: parseJson() and set() see to it.
    explicit JsonValue(Object value);

    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::nullptr_t>(m_value); }
    /// The bool, number, string, array or object; nullptr where the value is of another type.
    [[nodiscard]] const bool *boolean() const { return std::get_if<bool>(&m_value); }
    [[nodiscard]] const double *number() const { return std::get_if<double>(&m_value); }
    [[nodiscard]] const QString *string() const { return std::get_if<QString>(&m_value); }
    [[nodiscard]] const Array *array() const { return std::get_if<Array>(&m_value); }
    [[nodiscard]] const Object *object() const { return std::get_if<Object>(&m_value); }

    /// The member called @p name; nullptr where there is none or this is no object. Lives as long as this value stands
    /// unchanged.
    [[nodiscard]] const JsonValue *find(QStringView name) const;
    /// Sets a member of an object as `object[name] = value` does: an existing one keeps its place. No effect on other
    /// types.
    void set(const QString &name, JsonValue value);

private:
    std::variant<std::nullptr_t, bool, double, QString, Array, Object> m_value;
};

/// One member of a JSON object.
struct JsonValue::Member
{
    QString name;
    JsonValue value;
};

// Defined where Member is complete: clang asks for that.
inline JsonValue::JsonValue() = default;
inline JsonValue::JsonValue(bool value) : m_value(value) {}
inline JsonValue::JsonValue(double value) : m_value(value) {}
inline JsonValue::JsonValue(QString value) : m_value(std::move(value)) {}
inline JsonValue::JsonValue(Array value) : m_value(std::move(value)) {}
inline JsonValue::JsonValue(Object value) : m_value(std::move(value)) {}

/// Deeper nesting than this is refused, so that hostile input cannot exhaust the stack.
inline constexpr int maxJsonDepth = 3000;

/// Reads what `JSON.parse` reads (the last duplicate member wins in the place of the first, `__proto__` is data,
/// numbers beyond a double become infinite); nullopt where JSON.parse throws, or where nesting exceeds maxJsonDepth.
[[nodiscard]] std::optional<JsonValue> parseJson(QStringView text);

/// Appends what printJson() returns.
void appendJson(QByteArray &out, const JsonValue &value);

/// Writes what `JSON.stringify` writes, as UTF-8: infinite numbers as null, lone surrogates escaped.
[[nodiscard]] QByteArray printJson(const JsonValue &value);

/// A number as JavaScript's `String(number)` shows it; "null" where it is not finite (as JSON.stringify does).
/// **Source:** ECMA-262, Number::toString.
[[nodiscard]] QByteArray printNumber(double number);

} // namespace rollcall::jose
