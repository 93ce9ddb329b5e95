#include "tests/differential/Json.h"

namespace rollcall::differential {

JsonValue text(const QString &value)
{
    return JsonValue(value);
}

JsonValue bytes(const QByteArray &value)
{
    return JsonValue(QString::fromLatin1(value));
}

JsonValue number(qint64 value)
{
    return JsonValue(static_cast<double>(value));
}

JsonValue list(JsonValue::Array values)
{
    return JsonValue(std::move(values));
}

JsonValue object(std::initializer_list<std::pair<const char *, JsonValue>> members)
{
    JsonValue::Object result;
    for (const auto &[name, value] : members)
        result.push_back({QString::fromLatin1(name), value});
    return JsonValue(std::move(result));
}

QString textOf(const JsonValue &object, QStringView name, const QString &otherwise)
{
    const JsonValue *member = object.find(name);
    return member && member->string() ? *member->string() : otherwise;
}

QByteArray bytesOf(const JsonValue &object, QStringView name)
{
    return textOf(object, name).toLatin1();
}

qint64 numberOf(const JsonValue &object, QStringView name, qint64 otherwise)
{
    const JsonValue *member = object.find(name);
    return member && member->number() ? static_cast<qint64>(*member->number()) : otherwise;
}

std::optional<bool> flagOf(const JsonValue &object, QStringView name)
{
    const JsonValue *member = object.find(name);
    return member && member->boolean() ? std::optional(*member->boolean()) : std::nullopt;
}

const JsonValue::Array &listOf(const JsonValue &object, QStringView name)
{
    static const JsonValue::Array none;
    const JsonValue *member = object.find(name);
    return member && member->array() ? *member->array() : none;
}

} // namespace rollcall::differential
