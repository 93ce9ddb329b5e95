#include "core/routes/MatcherConfig.h"

#include <QMap>

namespace rollcall::routes {

namespace {

using jose::JsonValue;
using Kind = MatcherCondition::Kind;

template <typename T>
using Read = tl::expected<T, MatcherFault>;

tl::unexpected<MatcherFault> refuse(const QString &reason)
{
    return tl::unexpected(MatcherFault{reason, std::nullopt});
}

/// Refuses members of @p object other than @p known.
Read<void> onlyMembers(const JsonValue &object, const QStringList &known)
{
    if (!object.object())
        return refuse(QStringLiteral("Expected object"));
    for (const JsonValue::Member &member : *object.object()) {
        if (!known.contains(member.name))
            return refuse(QStringLiteral("Unrecognized key(s) in object: '%1'").arg(member.name));
    }
    return {};
}

/// The string @p name of @p object; nullopt where it is absent.
Read<std::optional<QString>> textMember(const JsonValue &object, QStringView name)
{
    const JsonValue *member = object.find(name);
    if (!member)
        return std::optional<QString>();
    if (!member->string())
        return refuse(QStringLiteral("%1 must be a string").arg(name));
    return std::optional(*member->string());
}

Read<MatcherCondition> readCondition(const JsonValue &object)
{
    static const QMap<QString, Kind> kinds{{QStringLiteral("header"), Kind::Header},
                                           {QStringLiteral("cookie"), Kind::Cookie},
                                           {QStringLiteral("query"), Kind::Query},
                                           {QStringLiteral("host"), Kind::Host}};
    const auto type = textMember(object, u"type");
    if (!type || !*type || !kinds.contains(**type))
        return refuse(QStringLiteral("Invalid type of a condition: expected 'header', 'query', 'cookie' or 'host'"));
    MatcherCondition condition;
    condition.kind = kinds.value(**type);
    const bool isHost = condition.kind == Kind::Host;
    QStringList known{QStringLiteral("type"), QStringLiteral("value")};
    if (!isHost)
        known << QStringLiteral("key");
    if (const auto members = onlyMembers(object, known); !members)
        return tl::unexpected(members.error());
    const auto value = textMember(object, u"value");
    const auto key = textMember(object, u"key");
    if (!value || !key)
        return tl::unexpected(value ? key.error() : value.error());
    if (isHost && !*value)
        return refuse(QStringLiteral("host must have a value"));
    if (!isHost && !*key)
        return refuse(QStringLiteral("key is required when type is header, query or cookie"));
    condition.value = *value;
    condition.key = key->value_or(QString());
    return condition;
}

Read<std::vector<MatcherCondition>> readConditions(const JsonValue &object, QStringView name)
{
    std::vector<MatcherCondition> conditions;
    const JsonValue *list = object.find(name);
    if (!list)
        return conditions;
    if (!list->array())
        return refuse(QStringLiteral("%1 must be an array").arg(name));
    for (const JsonValue &element : *list->array()) {
        auto condition = readCondition(element);
        if (!condition)
            return tl::unexpected(condition.error());
        conditions.push_back(std::move(*condition));
    }
    return conditions;
}

Read<MatcherSource> readElement(const JsonValue &element)
{
    MatcherSource matcher;
    if (element.string()) {
        matcher.source = *element.string();
        return matcher;
    }
    const auto members = onlyMembers(element, {QStringLiteral("source"), QStringLiteral("locale"),
                                               QStringLiteral("has"), QStringLiteral("missing")});
    if (!members)
        return tl::unexpected(members.error());
    const auto source = textMember(element, u"source");
    if (!source || !*source)
        return source ? refuse(QStringLiteral("source is required")) : tl::unexpected(source.error());
    matcher.source = **source;
    if (const JsonValue *locale = element.find(u"locale")) {
        if (!locale->boolean() || *locale->boolean())
            return refuse(QStringLiteral("locale must be false or undefined"));
        matcher.addsLocale = false;
    }
    auto has = readConditions(element, u"has");
    auto missing = readConditions(element, u"missing");
    if (!has || !missing)
        return tl::unexpected(has ? missing.error() : has.error());
    matcher.has = std::move(*has);
    matcher.missing = std::move(*missing);
    return matcher;
}

} // namespace

tl::expected<std::vector<MatcherSource>, MatcherFault> readMatcherConfig(const JsonValue &matcher)
{
    std::vector<MatcherSource> sources;
    if (matcher.string()) {
        sources.push_back({*matcher.string(), true, {}, {}});
        return sources;
    }
    if (!matcher.array())
        return refuse(QStringLiteral("must be an array of strings or middleware matchers"));
    for (const JsonValue &element : *matcher.array()) {
        auto source = readElement(element);
        if (!source)
            return tl::unexpected(source.error());
        sources.push_back(std::move(*source));
    }
    return sources;
}

} // namespace rollcall::routes
