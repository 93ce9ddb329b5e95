#include "core/engine/betterauth/BodySchema.h"

#include <QStringList>

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

/// zod's word for the type of a value; nullptr: undefined.
QString typeName(const JsonValue *value)
{
    if (!value)
        return QStringLiteral("undefined");
    if (value->isNull())
        return QStringLiteral("null");
    if (value->boolean())
        return QStringLiteral("boolean");
    if (value->number())
        return QStringLiteral("number");
    if (value->string())
        return QStringLiteral("string");
    return value->array() ? QStringLiteral("array") : QStringLiteral("object");
}

QString issue(const QString &path, const QString &expected, const JsonValue *received)
{
    return QStringLiteral("[%1] Invalid input: expected %2, received %3").arg(path, expected, typeName(received));
}

const JsonValue *valueOf(const std::optional<JsonValue> &body)
{
    return body ? &*body : nullptr;
}

} // namespace

std::optional<QString> checkRevokeBody(const std::optional<JsonValue> &body)
{
    if (!body || !body->object())
        return issue(QStringLiteral("body"), QStringLiteral("object"), valueOf(body));
    const JsonValue *token = body->find(u"token");
    if (!token || !token->string())
        return issue(QStringLiteral("body.token"), QStringLiteral("string"), token);
    return std::nullopt;
}

std::optional<QString> checkSignOutBody(const std::optional<JsonValue> &body)
{
    if (!body)
        return std::nullopt;
    if (!body->object())
        return issue(QStringLiteral("body"), QStringLiteral("object"), valueOf(body));
    QStringList issues;
    const auto check = [&](const QString &name, const QString &type) {
        const JsonValue *value = body->find(name);
        if (value && typeName(value) != type)
            issues << issue(QString(u"body." + name), type, value);
    };
    check(QStringLiteral("callbackURL"), QStringLiteral("string"));
    check(QStringLiteral("disableRedirect"), QStringLiteral("boolean"));
    check(QStringLiteral("state"), QStringLiteral("string"));
    return issues.isEmpty() ? std::nullopt : std::optional(issues.join(QStringLiteral("; ")));
}

} // namespace rollcall::engine::betterauth
