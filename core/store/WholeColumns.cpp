#include "core/store/WholeColumns.h"

#include "core/store/schema/AdapterName.h"

namespace rollcall::store {

namespace {

using jose::JsonValue;

/// Columns that no profile names, by what the adapters call them.
ColumnRole roleByName(const QString &column)
{
    const QString name = normalisedName(column);
    const std::pair<const char *, ColumnRole> known[]{
        {"emailverified", ColumnRole::EmailVerified}, {"createdat", ColumnRole::CreatedAt},
        {"updatedat", ColumnRole::UpdatedAt},         {"ipaddress", ColumnRole::IpAddress},
        {"useragent", ColumnRole::UserAgent},
    };
    const auto *found =
        std::ranges::find_if(known, [&name](const auto &entry) { return name == QLatin1StringView(entry.first); });
    return found == std::ranges::end(known) ? ColumnRole::Other : found->second;
}

ColumnRole sessionRole(const SchemaProfile::Sessions &sessions, const QString &column)
{
    if (column == sessions.token)
        return ColumnRole::Token;
    if (column == sessions.userId)
        return ColumnRole::UserId;
    if (column == sessions.expires)
        return ColumnRole::Expires;
    if (column == sessions.id)
        return ColumnRole::Id;
    if (column == sessions.createdAt)
        return ColumnRole::CreatedAt;
    if (column == sessions.ipAddress)
        return ColumnRole::IpAddress;
    if (column == sessions.userAgent)
        return ColumnRole::UserAgent;
    return roleByName(column);
}

ColumnRole userRole(const SchemaProfile::Users &users, const QString &column)
{
    if (column == users.id)
        return ColumnRole::Id;
    if (column == users.name)
        return ColumnRole::Name;
    if (column == users.email)
        return ColumnRole::Email;
    if (column == users.image)
        return ColumnRole::Image;
    return roleByName(column);
}

bool isOneOf(const QString &type, std::initializer_list<const char *> types)
{
    return std::ranges::any_of(types, [&type](const char *wanted) { return type == QLatin1StringView(wanted); });
}

bool contains(const QString &type, std::initializer_list<const char *> parts)
{
    return std::ranges::any_of(parts, [&type](const char *part) { return type.contains(QLatin1StringView(part)); });
}

} // namespace

WholeColumns::WholeColumns(const SchemaSql &schema) : m_schema(schema)
{
    for (const ColumnInfo &info : schema.bound().sessions.columns)
        m_session.push_back(columnOf(info, sessionRole(schema.profile().sessions, info.name)));
    if (!schema.profile().users || !schema.bound().users)
        return;
    for (const ColumnInfo &info : schema.bound().users->columns)
        m_user.push_back(columnOf(info, userRole(*schema.profile().users, info.name)));
}

WholeColumns::Column WholeColumns::columnOf(const ColumnInfo &info, ColumnRole role) const
{
    // "timestamp(3) without time zone", "int(11) unsigned"
    const QString type = info.type.toLower().section(QLatin1Char('('), 0, 0).remove(QStringLiteral(" unsigned"));
    const bool declaresTime = contains(type, {"timestamp", "date"});
    // SQLite's times stand in columns of any type; the libraries' own are known by their names. What such a column
    // holds is seen value by value: Better Auth's emailVerified is 0 or 1, no time.
    const bool namesTime = role == ColumnRole::CreatedAt || role == ColumnRole::UpdatedAt ||
                           role == ColumnRole::Expires || role == ColumnRole::EmailVerified;
    Kind kind = Kind::Text;
    if (contains(type, {"bool"}))
        kind = Kind::Boolean;
    else if (declaresTime || (namesTime && m_schema.dialect().encodingOfType(info.type) == ExpiresEncoding::Mixed))
        kind = Kind::Instant;
    else if (isOneOf(type, {"json", "jsonb"}))
        kind = Kind::Json;
    else if (isOneOf(type, {"integer", "smallint", "real", "double precision", "int", "tinyint", "double", "float"}))
        kind = Kind::Number;
    // What has a zone is shown in that of the link, UTC; what has none stands in the deployment's.
    const bool hasZone = m_schema.dialect().encodingOfType(info.type) == ExpiresEncoding::Timestamptz;
    return {info.name, info.type, role, kind, hasZone ? QTimeZone::utc() : m_schema.zone()};
}

QStringList WholeColumns::cells() const
{
    QStringList cells;
    const auto add = [&](const QString &table, const std::vector<Column> &columns) {
        for (const Column &column : columns)
            cells << m_schema.dialect().cell(table + SqlDialect::quoted(column.name), column.type);
    };
    add(QStringLiteral("s."), m_session);
    add(QStringLiteral("u."), m_user);
    return cells;
}

JsonValue WholeColumns::valueOf(const Column &column, const std::optional<QByteArrayView> &text) const
{
    if (!text)
        return {};
    const auto asIs = [&text] { return JsonValue(QString::fromUtf8(*text)); };
    const auto number = [&]() -> JsonValue {
        bool ok = false;
        const double value = text->toDouble(&ok);
        return ok ? JsonValue(value) : asIs();
    };
    switch (column.kind) {
    case Kind::Text:
        break;
    case Kind::Number:
        return number();
    case Kind::Boolean:
        return JsonValue(*text == "true" || *text == "t" || *text == "1");
    case Kind::Instant:
        if (const auto instant = readInstant(*text, column.zone).instant())
            return JsonValue(base::toIso(*instant));
        return number();
    case Kind::Json:
        if (auto value = jose::parseJson(QString::fromUtf8(*text)))
            return std::move(*value);
        break;
    }
    return asIs();
}

void WholeColumns::read(const SqlRow &row, std::size_t first, WholeRow &into) const
{
    const auto readAll = [&](const std::vector<Column> &columns, std::vector<Cell> &cells) {
        cells.reserve(columns.size());
        for (const Column &column : columns)
            cells.push_back({column.name, column.role, valueOf(column, row.cells[first++])});
    };
    readAll(m_session, into.session);
    if (into.row.hasUser)
        readAll(m_user, into.user);
}

} // namespace rollcall::store
