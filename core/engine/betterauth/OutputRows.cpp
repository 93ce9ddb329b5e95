#include <algorithm>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"
#include "core/engine/betterauth/SessionAdapter.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

enum class Column { Plain, Date, Id };

/// Copies a column as transformOutput does.
void copyColumn(JsonValue &output, const JsonValue &row, const QString &name, Column kind)
{
    const JsonValue *value = row.find(name);
    if (!value)
        return;
    if (kind == Column::Date && value->string())
        output.set(name, dateJson(toDate(value)));
    else if (kind == Column::Id && value->number())
        output.set(name, JsonValue(QString::fromLatin1(jose::printNumber(*value->number()))));
    else
        output.set(name, *value);
}

void copyAdditional(JsonValue &output, const JsonValue &row, const std::vector<AdditionalField> &fields)
{
    for (const AdditionalField &field : fields)
        copyColumn(output, row, field.name, field.isDate ? Column::Date : Column::Plain);
}

} // namespace

QString OutputSession::text(QStringView column) const
{
    return textOf(session.find(column));
}

JsonValue withoutHidden(const JsonValue &object, const std::vector<AdditionalField> &fields)
{
    JsonValue output{JsonValue::Object()};
    for (const JsonValue::Member &member : membersOf(object)) {
        const bool hidden = std::ranges::any_of(
            fields, [&member](const AdditionalField &field) { return !field.returned && field.name == member.name; });
        if (!hidden)
            output.set(member.name, member.value);
    }
    return output;
}

OutputSession outputSession(const Config &config, const JsonValue &row)
{
    JsonValue output{JsonValue::Object()};
    copyColumn(output, row, QStringLiteral("expiresAt"), Column::Date);
    copyColumn(output, row, QStringLiteral("token"), Column::Plain);
    copyColumn(output, row, QStringLiteral("createdAt"), Column::Date);
    copyColumn(output, row, QStringLiteral("updatedAt"), Column::Date);
    copyColumn(output, row, QStringLiteral("ipAddress"), Column::Plain);
    copyColumn(output, row, QStringLiteral("userAgent"), Column::Plain);
    copyColumn(output, row, QStringLiteral("userId"), Column::Id);
    copyAdditional(output, row, config.sessionFields);
    copyColumn(output, row, QStringLiteral("id"), Column::Id);
    const JsonValue *expiresAt = row.find(u"expiresAt");
    return {withoutHidden(output, config.sessionFields), expiresAt ? std::optional(toDate(expiresAt)) : std::nullopt};
}

JsonValue outputUser(const Config &config, const JsonValue &row)
{
    JsonValue output{JsonValue::Object()};
    copyColumn(output, row, QStringLiteral("name"), Column::Plain);
    copyColumn(output, row, QStringLiteral("email"), Column::Plain);
    copyColumn(output, row, QStringLiteral("emailVerified"), Column::Plain);
    copyColumn(output, row, QStringLiteral("image"), Column::Plain);
    copyColumn(output, row, QStringLiteral("createdAt"), Column::Date);
    copyColumn(output, row, QStringLiteral("updatedAt"), Column::Date);
    copyAdditional(output, row, config.userFields);
    copyColumn(output, row, QStringLiteral("id"), Column::Id);
    return withoutHidden(output, config.userFields);
}

JsonValue withDates(JsonValue object, std::initializer_list<const char16_t *> columns)
{
    for (const char16_t *column : columns) {
        const QStringView name(column);
        object.set(name.toString(), dateJson(toDate(object.find(name))));
    }
    return object;
}

base::Error libraryThrows(const QString &why)
{
    return base::Error(base::ErrorCode::Internal).with(base::ErrorParam::Detail, why);
}

} // namespace rollcall::engine::betterauth
