#include "tests/unit/probe/SchemaCheck.h"

#include <QJsonArray>

#include <cmath>

namespace rollcall::test {

namespace {

class Checker
{
public:
    explicit Checker(QJsonObject root) : m_root(std::move(root)) {}

    void check(const QJsonObject &schema, const QJsonValue &value, const QString &path)
    {
        for (auto it = schema.begin(); it != schema.end(); ++it)
            checkKeyword(it.key(), it.value(), schema, value, path);
    }
    QStringList faults;

private:
    static bool isOfType(const QString &type, const QJsonValue &value)
    {
        if (type == QLatin1String("integer"))
            return value.isDouble() && value.toDouble() == std::floor(value.toDouble());
        return (type == QLatin1String("object") && value.isObject()) ||
               (type == QLatin1String("array") && value.isArray()) ||
               (type == QLatin1String("string") && value.isString()) ||
               (type == QLatin1String("number") && value.isDouble()) ||
               (type == QLatin1String("boolean") && value.isBool()) ||
               (type == QLatin1String("null") && value.isNull());
    }

    void fault(const QString &path, const QString &what) { faults << path + QStringLiteral(": ") + what; }

    void checkKeyword(const QString &key, const QJsonValue &rule, const QJsonObject &schema, const QJsonValue &value,
                      const QString &path)
    {
        static const QStringList notes{QStringLiteral("$schema"), QStringLiteral("$id"), QStringLiteral("title"),
                                       QStringLiteral("description"), QStringLiteral("$defs")};
        if (notes.contains(key))
            return;
        if (key == QLatin1String("$ref")) {
            const QString name = rule.toString().section(QLatin1Char('/'), -1);
            check(m_root.value(QStringLiteral("$defs")).toObject().value(name).toObject(), value, path);
        } else if (key == QLatin1String("type")) {
            const QJsonArray types = rule.isArray() ? rule.toArray() : QJsonArray{rule};
            if (!std::any_of(types.begin(), types.end(),
                             [&](const QJsonValue &type) { return isOfType(type.toString(), value); }))
                fault(path, QStringLiteral("wrong type"));
        } else if (key == QLatin1String("const")) {
            if (value != rule)
                fault(path, QStringLiteral("not the constant"));
        } else if (key == QLatin1String("enum")) {
            if (!rule.toArray().contains(value))
                fault(path, QStringLiteral("not in enum"));
        } else if (key == QLatin1String("minimum")) {
            if (value.isDouble() && value.toDouble() < rule.toDouble())
                fault(path, QStringLiteral("below minimum"));
        } else if (key == QLatin1String("exclusiveMinimum")) {
            if (value.isDouble() && value.toDouble() <= rule.toDouble())
                fault(path, QStringLiteral("not above exclusiveMinimum"));
        } else if (key == QLatin1String("maximum")) {
            if (value.isDouble() && value.toDouble() > rule.toDouble())
                fault(path, QStringLiteral("above maximum"));
        } else if (key == QLatin1String("maxItems")) {
            if (value.toArray().size() > rule.toInteger())
                fault(path, QStringLiteral("above maxItems"));
        } else if (key == QLatin1String("required")) {
            for (const QJsonValue &name : rule.toArray()) {
                if (value.isObject() && !value.toObject().contains(name.toString()))
                    fault(path, QStringLiteral("lacks ") + name.toString());
            }
        } else if (key == QLatin1String("items")) {
            const QJsonArray items = value.toArray();
            for (qsizetype i = 0; i < items.size(); ++i)
                check(rule.toObject(), items.at(i), QStringLiteral("%1[%2]").arg(path).arg(i));
        } else if (key == QLatin1String("properties") || key == QLatin1String("additionalProperties")) {
            const QJsonObject known = schema.value(QStringLiteral("properties")).toObject();
            const QJsonObject object = value.toObject();
            for (auto it = object.begin(); it != object.end(); ++it) {
                const bool named = known.contains(it.key());
                const QString below = path + QLatin1Char('.') + it.key();
                if (key == QLatin1String("properties") && named)
                    check(known.value(it.key()).toObject(), it.value(), below);
                else if (key == QLatin1String("additionalProperties") && !named)
                    check(rule.toObject(), it.value(), below);
            }
        } else {
            fault(path, QStringLiteral("unknown schema keyword ") + key);
        }
    }

    QJsonObject m_root;
};

} // namespace

QStringList schemaFaults(const QJsonObject &schema, const QJsonValue &value)
{
    Checker checker(schema);
    checker.check(schema, value, QStringLiteral("$"));
    return checker.faults;
}

} // namespace rollcall::test
