#include "core/engine/betterauth/CachePayload.h"

#include <QStringList>

#include <cmath>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

/// A string that was not revived into a Date.
bool isString(const JsonValue &value)
{
    return value.string() && !isRevivedDate(*value.string());
}

bool isDate(const JsonValue &value)
{
    return value.string() && isRevivedDate(*value.string());
}

bool isFiniteNumber(const JsonValue &value)
{
    return value.number() && std::isfinite(*value.number());
}

/// JavaScript's `String(value)`, which arrays apply to their elements; null and undefined elements are empty.
QString coerced(const JsonValue &value, bool inArray = false)
{
    if (value.isNull())
        return inArray ? QString() : QStringLiteral("null");
    if (const QString *text = value.string())
        return *text;
    if (const bool *flag = value.boolean())
        return *flag ? QStringLiteral("true") : QStringLiteral("false");
    if (const double *number = value.number()) {
        if (!std::isfinite(*number))
            return *number > 0 ? QStringLiteral("Infinity") : QStringLiteral("-Infinity");
        return QString::fromLatin1(jose::printNumber(*number));
    }
    if (value.object())
        return QStringLiteral("[object Object]");
    QStringList parts;
    for (const JsonValue &element : value.array() ? *value.array() : JsonValue::Array())
        parts << coerced(element, true);
    return parts.join(u',');
}

/// Reads an object as a loose zod object does: known members first.
class LooseObject
{
public:
    explicit LooseObject(const JsonValue &source) : m_source(source), m_ok(source.object() != nullptr) {}

    /// A member that must be there and fulfil @p isRight.
    template <typename Predicate>
    void require(const QString &name, Predicate isRight)
    {
        const JsonValue *value = m_source.find(name);
        m_ok = m_ok && value && isRight(*value);
        if (m_ok)
            keep(name, *value);
    }
    /// A member that may be absent.
    template <typename Predicate>
    void allow(const QString &name, Predicate isRight)
    {
        if (m_source.find(name))
            require(name, isRight);
    }
    /// A member that is @p otherwise where it is absent.
    template <typename Predicate>
    void orElse(const QString &name, Predicate isRight, JsonValue otherwise)
    {
        if (m_source.find(name))
            require(name, isRight);
        else
            keep(name, std::move(otherwise));
    }
    /// A member of any type that is there, as @p convert makes it.
    template <typename Convert>
    void convert(const QString &name, Convert convert)
    {
        const JsonValue *value = m_source.find(name);
        std::optional<JsonValue> converted = m_ok && value ? convert(*value) : std::nullopt;
        m_ok = converted.has_value();
        if (m_ok)
            keep(name, std::move(*converted));
    }
    /// The object with its unknown members; nullopt where anything was wrong.
    [[nodiscard]] std::optional<JsonValue> finish()
    {
        if (!m_ok)
            return std::nullopt;
        for (const JsonValue::Member &member : membersOf(m_source)) {
            // An assignment of this name would set the prototype: zod leaves it out.
            if (!m_known.contains(member.name) && member.name != u"__proto__")
                m_result.set(member.name, member.value);
        }
        return std::move(m_result);
    }

private:
    void keep(const QString &name, JsonValue value)
    {
        m_known << name;
        m_result.set(name, std::move(value));
    }

    const JsonValue &m_source;
    JsonValue m_result{JsonValue::Object()};
    QStringList m_known;
    bool m_ok;
};

void readCore(LooseObject &object, base::Instant now)
{
    object.require(QStringLiteral("id"), isString);
    object.orElse(QStringLiteral("createdAt"), isDate, dateJson(milliseconds(now)));
    object.orElse(QStringLiteral("updatedAt"), isDate, dateJson(milliseconds(now)));
}

bool isNullish(const JsonValue &value)
{
    return value.isNull() || isString(value);
}

std::optional<JsonValue> readSession(const JsonValue &value, base::Instant now)
{
    LooseObject object(value);
    readCore(object, now);
    object.convert(QStringLiteral("userId"), [](const JsonValue &id) { return std::optional(JsonValue(coerced(id))); });
    object.require(QStringLiteral("expiresAt"), isDate);
    object.require(QStringLiteral("token"), isString);
    object.allow(QStringLiteral("ipAddress"), isNullish);
    object.allow(QStringLiteral("userAgent"), isNullish);
    return object.finish();
}

std::optional<JsonValue> readUser(const JsonValue &value, base::Instant now)
{
    LooseObject object(value);
    readCore(object, now);
    object.convert(QStringLiteral("email"), [](const JsonValue &email) {
        return isString(email) ? std::optional(JsonValue(textOf(&email).toLower())) : std::nullopt;
    });
    object.orElse(
        QStringLiteral("emailVerified"), [](const JsonValue &flag) { return flag.boolean() != nullptr; },
        JsonValue(false));
    object.require(QStringLiteral("name"), isString);
    object.allow(QStringLiteral("image"), isNullish);
    return object.finish();
}

} // namespace

std::optional<JsonValue> cachePayload(const JsonValue &value, base::Instant now)
{
    LooseObject object(value);
    object.convert(QStringLiteral("session"), [now](const JsonValue &session) { return readSession(session, now); });
    object.convert(QStringLiteral("user"), [now](const JsonValue &user) { return readUser(user, now); });
    object.require(QStringLiteral("updatedAt"), isFiniteNumber);
    object.allow(QStringLiteral("version"), isString);
    return object.finish();
}

} // namespace rollcall::engine::betterauth
