#include "tests/conformance/Fields.h"

#include <algorithm>
#include <utility>

namespace rollcall::conformance {

using jose::JsonValue;

std::optional<QByteArray> wireBytes(const QString &text)
{
    if (std::ranges::any_of(text, [](QChar c) { return c.unicode() > 0xff; }))
        return std::nullopt;
    return text.toLatin1();
}

Fields::Fields(const JsonValue &object, QString name, Differences &differences)
    : m_object(&object), m_name(std::move(name)), m_differences(&differences)
{
    if (!object.object())
        differences.add(QStringLiteral("%1 is not an object").arg(m_name.isEmpty() ? QStringLiteral("case") : m_name));
}

Fields::Fields(Fields &&other) noexcept
    : m_object(std::exchange(other.m_object, nullptr)),
      m_name(std::move(other.m_name)),
      m_differences(other.m_differences),
      m_read(std::move(other.m_read))
{}

Fields::~Fields()
{
    if (!m_object || !m_object->object())
        return;
    for (const JsonValue::Member &member : *m_object->object()) {
        if (!m_read.contains(member.name))
            complain(member.name, QStringLiteral("is not a known field here"));
    }
}

void Fields::complain(QStringView name, const QString &what)
{
    const QString path = m_name.isEmpty() ? name.toString() : QString(m_name + u'.' + name);
    m_differences->add(QStringLiteral("field %1 %2").arg(path, what));
}

const JsonValue *Fields::take(QStringView name)
{
    m_read << name.toString();
    return m_object->find(name);
}

const JsonValue *Fields::require(QStringView name)
{
    const JsonValue *member = take(name);
    if (!member)
        complain(name, QStringLiteral("is missing"));
    return member;
}

QString Fields::text(QStringView name)
{
    const JsonValue *member = require(name);
    if (member && !member->string())
        complain(name, QStringLiteral("is not a string"));
    return member && member->string() ? *member->string() : QString();
}

double Fields::number(QStringView name)
{
    const JsonValue *member = require(name);
    if (member && !member->number())
        complain(name, QStringLiteral("is not a number"));
    return member && member->number() ? *member->number() : 0;
}

bool Fields::flag(QStringView name)
{
    const JsonValue *member = require(name);
    if (member && !member->boolean())
        complain(name, QStringLiteral("is neither true nor false"));
    return member && member->boolean() && *member->boolean();
}

const JsonValue &Fields::value(QStringView name)
{
    static const JsonValue null;
    const JsonValue *member = require(name);
    return member ? *member : null;
}

JsonValue::Array Fields::array(QStringView name)
{
    const JsonValue *member = require(name);
    if (member && !member->array())
        complain(name, QStringLiteral("is not an array"));
    return member && member->array() ? *member->array() : JsonValue::Array();
}

QStringList Fields::texts(QStringView name)
{
    QStringList result;
    for (const JsonValue &element : array(name)) {
        if (!element.string())
            complain(name, QStringLiteral("holds something that is not a string"));
        result << (element.string() ? *element.string() : QString());
    }
    return result;
}

Fields Fields::object(QStringView name)
{
    return Fields(value(name), m_name.isEmpty() ? name.toString() : QString(m_name + u'.' + name), *m_differences);
}

base::Instant Fields::instant(QStringView name)
{
    return base::Instant(std::chrono::milliseconds(static_cast<qint64>(number(name) * 1000)));
}

QByteArray Fields::wire(QStringView name)
{
    const auto bytes = wireBytes(text(name));
    if (!bytes)
        complain(name, QStringLiteral("holds a character that is no header byte"));
    return bytes.value_or(QByteArray());
}

std::optional<QString> Fields::maybeText(QStringView name)
{
    const JsonValue *member = maybeValue(name);
    if (member && !member->string())
        complain(name, QStringLiteral("is neither a string nor null"));
    return member && member->string() ? std::optional(*member->string()) : std::nullopt;
}

std::optional<double> Fields::maybeNumber(QStringView name)
{
    const JsonValue *member = maybeValue(name);
    if (member && !member->number())
        complain(name, QStringLiteral("is neither a number nor null"));
    return member && member->number() ? std::optional(*member->number()) : std::nullopt;
}

std::optional<bool> Fields::maybeFlag(QStringView name)
{
    const JsonValue *member = maybeValue(name);
    if (member && !member->boolean())
        complain(name, QStringLiteral("is neither true, false nor null"));
    return member && member->boolean() ? std::optional(*member->boolean()) : std::nullopt;
}

const JsonValue *Fields::maybeValue(QStringView name)
{
    const JsonValue *member = take(name);
    return member && !member->isNull() ? member : nullptr;
}

void Fields::ignore(std::initializer_list<QStringView> names)
{
    for (const QStringView name : names)
        m_read << name.toString();
}

} // namespace rollcall::conformance
