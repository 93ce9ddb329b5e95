#include "core/store/schema/SchemaProfile.h"

#include <QJsonArray>

#include <array>
#include <tuple>

#include "core/store/redis/KeyLayout.h"

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr std::array encodings{ExpiresEncoding::Timestamptz,           ExpiresEncoding::TimestampNaive,
                               ExpiresEncoding::EpochSeconds,          ExpiresEncoding::EpochMilliseconds,
                               ExpiresEncoding::EpochMicroseconds,     ExpiresEncoding::TextIso,
                               ExpiresEncoding::TextEpochMilliseconds, ExpiresEncoding::Mixed};

QJsonValue optionalValue(const std::optional<QString> &name)
{
    return name ? QJsonValue(*name) : QJsonValue(QJsonValue::Null);
}

/// Reads members, remembering the first that is wrong.
class MapReader final
{
public:
    explicit MapReader(const QJsonObject &root) : m_root(root) {}

    /// Enters the object @p name; false where it is null or absent.
    bool enter(const QString &name)
    {
        m_part = name;
        const QJsonValue value = m_root.value(name);
        if (value.isNull() || value.isUndefined())
            return false;
        if (!value.isObject() || !value.toObject().value(QStringLiteral("columns")).isObject())
            complain(QStringLiteral("%1 must be an object with \"table\" and \"columns\"").arg(name));
        m_object = value.toObject();
        m_columns = m_object.value(QStringLiteral("columns")).toObject();
        return true;
    }
    QString text(const QString &name, bool required) { return read(m_object, name, required).value_or(QString()); }
    QString column(const QString &name) { return read(m_columns, name, true).value_or(QString()); }
    std::optional<QString> optionalColumn(const QString &name) { return read(m_columns, name, false); }

    void complain(const QString &text)
    {
        if (m_problem.isEmpty())
            m_problem = text;
    }
    [[nodiscard]] const QString &problem() const { return m_problem; }

    /// Enters @p name where it is an object of key patterns; false where it is null or absent.
    bool enterKeys(const QString &name)
    {
        m_part = name;
        const QJsonValue value = m_root.value(name);
        m_object = value.toObject();
        if (!value.isNull() && !value.isUndefined() && !value.isObject())
            complain(QStringLiteral("%1 must be an object with \"keyPattern\"").arg(name));
        return value.isObject();
    }
    /// What stands before the `*` of a pattern; @p usual where none is given.
    QByteArray prefix(const QString &name, const std::optional<QByteArray> &usual = std::nullopt)
    {
        const auto pattern = read(m_object, name, !usual);
        if (!pattern)
            return usual.value_or(QByteArray());
        const auto prefix = prefixOf(*pattern);
        if (!prefix)
            complain(QStringLiteral("%1.%2 must be the beginning of keys with a * behind it").arg(m_part, name));
        return prefix.value_or(QByteArray());
    }

private:
    std::optional<QString> read(const QJsonObject &from, const QString &name, bool required)
    {
        const QJsonValue value = from.value(name);
        if (value.isString() && !value.toString().isEmpty() && !value.toString().contains(QChar(0)))
            return value.toString();
        const bool absent = value.isNull() || value.isUndefined() || (value.isString() && value.toString().isEmpty());
        if (required || !absent)
            complain(QStringLiteral("%1.%2 must be a name").arg(m_part, name));
        return std::nullopt;
    }

    QJsonObject m_root, m_object, m_columns;
    QString m_part, m_problem;
};

/// The tables of a profile.
void writeTables(const SchemaProfile &profile, QJsonObject &json)
{
    const auto &[sessions, users, accounts] = std::tie(profile.sessions, profile.users, profile.accounts);
    QJsonObject columns{{QStringLiteral("id"), optionalValue(sessions.id)},
                        {QStringLiteral("token"), sessions.token},
                        {QStringLiteral("userId"), sessions.userId},
                        {QStringLiteral("expires"), sessions.expires},
                        {QStringLiteral("createdAt"), optionalValue(sessions.createdAt)},
                        {QStringLiteral("ipAddress"), optionalValue(sessions.ipAddress)},
                        {QStringLiteral("userAgent"), optionalValue(sessions.userAgent)}};
    // Few have them: they are named where they are there alone.
    if (sessions.impersonatedBy)
        columns[QStringLiteral("impersonatedBy")] = *sessions.impersonatedBy;
    if (sessions.organization)
        columns[QStringLiteral("organization")] = *sessions.organization;
    json[QStringLiteral("sessions")] =
        QJsonObject{{QStringLiteral("schema"), sessions.schema},
                    {QStringLiteral("table"), sessions.table},
                    {QStringLiteral("columns"), columns},
                    {QStringLiteral("expiresEncoding"), encodingName(sessions.encoding)}};
    if (users) {
        json[QStringLiteral("users")] = QJsonObject{
            {QStringLiteral("schema"), users->schema},
            {QStringLiteral("table"), users->table},
            {QStringLiteral("columns"), QJsonObject{{QStringLiteral("id"), users->id},
                                                    {QStringLiteral("name"), optionalValue(users->name)},
                                                    {QStringLiteral("email"), optionalValue(users->email)},
                                                    {QStringLiteral("image"), optionalValue(users->image)}}}};
    }
    if (accounts) {
        json[QStringLiteral("accounts")] =
            QJsonObject{{QStringLiteral("schema"), accounts->schema},
                        {QStringLiteral("table"), accounts->table},
                        {QStringLiteral("columns"), QJsonObject{{QStringLiteral("userId"), accounts->userId},
                                                                {QStringLiteral("provider"), accounts->provider}}}};
    }
}

/// The tables of a profile in the form with key patterns.
void writeKeys(const SchemaProfile &profile, QJsonObject &json)
{
    const SchemaProfile::Keys &keys = *profile.keys;
    json[QStringLiteral("sessions")] =
        QJsonObject{{QStringLiteral("layout"), layoutName(keys.kind)},
                    {QStringLiteral("keyPattern"), profile.sessions.table},
                    {QStringLiteral("byUserPattern"), keys.sessionsOfUser},
                    {QStringLiteral("expiresEncoding"), encodingName(profile.sessions.encoding)}};
    if (profile.users && keys.kind == KeyLayout::Kind::AuthJs)
        json[QStringLiteral("users")] = QJsonObject{{QStringLiteral("keyPattern"), profile.users->table},
                                                    {QStringLiteral("byEmailPattern"), keys.usersByEmail}};
    if (profile.accounts)
        json[QStringLiteral("accounts")] = QJsonObject{{QStringLiteral("keyPattern"), profile.accounts->table}};
}

/// Reads what writeKeys() wrote.
KeyLayout readKeys(MapReader &reader, const QString &adapter)
{
    KeyLayout layout;
    reader.enterKeys(QStringLiteral("sessions"));
    const QString kind = reader.text(QStringLiteral("layout"), false);
    const QString betterAuth = layoutName(KeyLayout::Kind::BetterAuth);
    if (!kind.isEmpty() && kind != betterAuth && kind != layoutName(KeyLayout::Kind::AuthJs))
        reader.complain(QStringLiteral("sessions.layout must be \"auth-js\" or \"better-auth\""));
    layout.kind =
        (kind.isEmpty() ? adapter : kind) == betterAuth ? KeyLayout::Kind::BetterAuth : KeyLayout::Kind::AuthJs;
    layout.sessions = reader.prefix(QStringLiteral("keyPattern"));
    const bool isBetterAuth = layout.kind == KeyLayout::Kind::BetterAuth;
    layout.sessionsOfUser = reader.prefix(QStringLiteral("byUserPattern"),
                                          layout.sessions + (isBetterAuth ? "active-sessions-" : "by-user-id:"));
    if (reader.enterKeys(QStringLiteral("users")) && !isBetterAuth) {
        layout.users = reader.prefix(QStringLiteral("keyPattern"));
        layout.usersByEmail = reader.prefix(QStringLiteral("byEmailPattern"), *layout.users + "email:");
    }
    if (reader.enterKeys(QStringLiteral("accounts")) && !isBetterAuth)
        layout.accounts = reader.prefix(QStringLiteral("keyPattern"));
    return layout;
}

void readTables(MapReader &reader, SchemaProfile &profile)
{
    if (!reader.enter(QStringLiteral("sessions")))
        reader.complain(QStringLiteral("\"sessions\" is missing"));
    SchemaProfile::Sessions &sessions = profile.sessions;
    sessions.schema = reader.text(QStringLiteral("schema"), false);
    sessions.table = reader.text(QStringLiteral("table"), true);
    sessions.token = reader.column(QStringLiteral("token"));
    sessions.userId = reader.column(QStringLiteral("userId"));
    sessions.expires = reader.column(QStringLiteral("expires"));
    sessions.id = reader.optionalColumn(QStringLiteral("id"));
    sessions.createdAt = reader.optionalColumn(QStringLiteral("createdAt"));
    sessions.ipAddress = reader.optionalColumn(QStringLiteral("ipAddress"));
    sessions.userAgent = reader.optionalColumn(QStringLiteral("userAgent"));
    sessions.impersonatedBy = reader.optionalColumn(QStringLiteral("impersonatedBy"));
    sessions.organization = reader.optionalColumn(QStringLiteral("organization"));
    const QString encoding = reader.text(QStringLiteral("expiresEncoding"), true);
    const auto *known = std::ranges::find(encodings, encoding, encodingName);
    if (known == encodings.end())
        reader.complain(QStringLiteral("sessions.expiresEncoding is none of the known encodings"));
    else
        sessions.encoding = *known;
    if (reader.enter(QStringLiteral("users"))) {
        profile.users = SchemaProfile::Users{.schema = reader.text(QStringLiteral("schema"), false),
                                             .table = reader.text(QStringLiteral("table"), true),
                                             .id = reader.column(QStringLiteral("id")),
                                             .name = reader.optionalColumn(QStringLiteral("name")),
                                             .email = reader.optionalColumn(QStringLiteral("email")),
                                             .image = reader.optionalColumn(QStringLiteral("image")),
                                             .idType = {}};
    }
    if (reader.enter(QStringLiteral("accounts"))) {
        profile.accounts = SchemaProfile::Accounts{.schema = reader.text(QStringLiteral("schema"), false),
                                                   .table = reader.text(QStringLiteral("table"), true),
                                                   .userId = reader.column(QStringLiteral("userId")),
                                                   .provider = reader.column(QStringLiteral("provider"))};
    }
}

} // namespace

QString encodingName(ExpiresEncoding encoding)
{
    switch (encoding) {
    case ExpiresEncoding::Timestamptz:
        return QStringLiteral("timestamptz");
    case ExpiresEncoding::TimestampNaive:
        return QStringLiteral("timestamp");
    case ExpiresEncoding::EpochSeconds:
        return QStringLiteral("epoch-s");
    case ExpiresEncoding::EpochMilliseconds:
        return QStringLiteral("epoch-ms");
    case ExpiresEncoding::EpochMicroseconds:
        return QStringLiteral("epoch-us");
    case ExpiresEncoding::TextIso:
        return QStringLiteral("iso");
    case ExpiresEncoding::TextEpochMilliseconds:
        return QStringLiteral("text-epoch-ms");
    case ExpiresEncoding::Mixed:
        return QStringLiteral("mixed");
    }
    return {};
}

QJsonObject SchemaProfile::toJson() const
{
    QJsonObject json;
    json[QStringLiteral("profile")] = adapter;
    json[QStringLiteral("confidence")] = confidence;
    json[QStringLiteral("users")] = QJsonValue::Null;
    json[QStringLiteral("accounts")] = QJsonValue::Null;
    if (keys)
        writeKeys(*this, json);
    else
        writeTables(*this, json);
    json[QStringLiteral("indexes")] = QJsonObject{{QStringLiteral("token"), indexes.token},
                                                  {QStringLiteral("userId"), indexes.userId},
                                                  {QStringLiteral("expires"), indexes.expires}};
    json[QStringLiteral("warnings")] = QJsonArray::fromStringList(warnings);
    if (!fingerprint.isEmpty())
        json[QStringLiteral("fingerprint")] = fingerprint;
    return json;
}

Result<SchemaProfile> SchemaProfile::fromJson(const QJsonObject &json, const QString &origin)
{
    SchemaProfile profile;
    profile.adapter = json.value(QStringLiteral("profile")).toString(QStringLiteral("custom"));
    profile.confidence = json.value(QStringLiteral("confidence")).toDouble(1);
    MapReader reader(json);
    const bool hasKeys = json.value(QStringLiteral("sessions")).toObject().contains(QStringLiteral("keyPattern"));
    if (hasKeys)
        readKeys(reader, profile.adapter).describe(profile);
    else
        readTables(reader, profile);
    if (!reader.problem().isEmpty())
        return fail(Error(ErrorCode::FileFormatInvalid)
                        .with(ErrorParam::Path, origin)
                        .with(ErrorParam::Detail, reader.problem()));
    const QJsonObject indexes = json.value(QStringLiteral("indexes")).toObject();
    profile.indexes = {indexes.value(QStringLiteral("token")).toBool(),
                       indexes.value(QStringLiteral("userId")).toBool(),
                       indexes.value(QStringLiteral("expires")).toBool()};
    const QJsonArray warnings = json.value(QStringLiteral("warnings")).toArray();
    for (const auto &warning : warnings)
        profile.warnings << warning.toString();
    profile.fingerprint = json.value(QStringLiteral("fingerprint")).toString();
    return profile;
}

} // namespace rollcall::store
