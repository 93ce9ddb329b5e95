#pragma once

#include <QJsonObject>
#include <QJsonValue>
#include <QStringList>

namespace rollcall::test {

/// What of @p value does not keep to @p schema (a JSON Schema, of which type, const, enum, required, properties,
/// additionalProperties, items, maxItems, minimum, exclusiveMinimum, maximum and local $ref are understood). Any other
/// keyword but titles is reported, so that a schema cannot ask for what is not checked.
[[nodiscard]] QStringList schemaFaults(const QJsonObject &schema, const QJsonValue &value);

} // namespace rollcall::test
