#include "core/store/schema/SchemaProfile.h"

#include <QJsonArray>

#include <array>

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
    json[QStringLiteral("sessions")] = QJsonObject{
        {QStringLiteral("schema"), sessions.schema},
        {QStringLiteral("table"), sessions.table},
        {QStringLiteral("columns"), QJsonObject{{QStringLiteral("id"), optionalValue(sessions.id)},
                                                {QStringLiteral("token"), sessions.token},
                                                {QStringLiteral("userId"), sessions.userId},
                                                {QStringLiteral("expires"), sessions.expires},
                                                {QStringLiteral("createdAt"), optionalValue(sessions.createdAt)},
                                                {QStringLiteral("ipAddress"), optionalValue(sessions.ipAddress)},
                                                {QStringLiteral("userAgent"), optionalValue(sessions.userAgent)}}},
        {QStringLiteral("expiresEncoding"), encodingName(sessions.encoding)}};
    json[QStringLiteral("users")] = QJsonValue::Null;
    if (users) {
        json[QStringLiteral("users")] = QJsonObject{
            {QStringLiteral("schema"), users->schema},
            {QStringLiteral("table"), users->table},
            {QStringLiteral("columns"), QJsonObject{{QStringLiteral("id"), users->id},
                                                    {QStringLiteral("name"), optionalValue(users->name)},
                                                    {QStringLiteral("email"), optionalValue(users->email)},
                                                    {QStringLiteral("image"), optionalValue(users->image)}}}};
    }
    json[QStringLiteral("accounts")] = QJsonValue::Null;
    if (accounts) {
        json[QStringLiteral("accounts")] =
            QJsonObject{{QStringLiteral("schema"), accounts->schema},
                        {QStringLiteral("table"), accounts->table},
                        {QStringLiteral("columns"), QJsonObject{{QStringLiteral("userId"), accounts->userId},
                                                                {QStringLiteral("provider"), accounts->provider}}}};
    }
    json[QStringLiteral("indexes")] = QJsonObject{{QStringLiteral("token"), indexes.token},
                                                  {QStringLiteral("userId"), indexes.userId},
                                                  {QStringLiteral("expires"), indexes.expires}};
    json[QStringLiteral("warnings")] = QJsonArray::fromStringList(warnings);
    return json;
}

Result<SchemaProfile> SchemaProfile::fromJson(const QJsonObject &json, const QString &origin)
{
    SchemaProfile profile;
    profile.adapter = json.value(QStringLiteral("profile")).toString(QStringLiteral("custom"));
    profile.confidence = json.value(QStringLiteral("confidence")).toDouble(1);
    MapReader reader(json);
    if (!reader.enter(QStringLiteral("sessions")))
        reader.complain(QStringLiteral("\"sessions\" is missing"));
    Sessions &sessions = profile.sessions;
    sessions.schema = reader.text(QStringLiteral("schema"), false);
    sessions.table = reader.text(QStringLiteral("table"), true);
    sessions.token = reader.column(QStringLiteral("token"));
    sessions.userId = reader.column(QStringLiteral("userId"));
    sessions.expires = reader.column(QStringLiteral("expires"));
    sessions.id = reader.optionalColumn(QStringLiteral("id"));
    sessions.createdAt = reader.optionalColumn(QStringLiteral("createdAt"));
    sessions.ipAddress = reader.optionalColumn(QStringLiteral("ipAddress"));
    sessions.userAgent = reader.optionalColumn(QStringLiteral("userAgent"));
    const QString encoding = reader.text(QStringLiteral("expiresEncoding"), true);
    const auto *known = std::ranges::find(encodings, encoding, encodingName);
    if (known == encodings.end())
        reader.complain(QStringLiteral("sessions.expiresEncoding is none of the known encodings"));
    else
        sessions.encoding = *known;
    if (reader.enter(QStringLiteral("users"))) {
        profile.users = Users{.schema = reader.text(QStringLiteral("schema"), false),
                              .table = reader.text(QStringLiteral("table"), true),
                              .id = reader.column(QStringLiteral("id")),
                              .name = reader.optionalColumn(QStringLiteral("name")),
                              .email = reader.optionalColumn(QStringLiteral("email")),
                              .image = reader.optionalColumn(QStringLiteral("image")),
                              .idType = {}};
    }
    if (reader.enter(QStringLiteral("accounts"))) {
        profile.accounts = Accounts{.schema = reader.text(QStringLiteral("schema"), false),
                                    .table = reader.text(QStringLiteral("table"), true),
                                    .userId = reader.column(QStringLiteral("userId")),
                                    .provider = reader.column(QStringLiteral("provider"))};
    }
    if (!reader.problem().isEmpty())
        return fail(Error(ErrorCode::FileFormatInvalid)
                        .with(ErrorParam::Path, origin)
                        .with(ErrorParam::Detail, reader.problem()));
    const QJsonObject indexes = json.value(QStringLiteral("indexes")).toObject();
    profile.indexes = {indexes.value(QStringLiteral("token")).toBool(),
                       indexes.value(QStringLiteral("userId")).toBool(),
                       indexes.value(QStringLiteral("expires")).toBool()};
    const QJsonArray warnings = json.value(QStringLiteral("warnings")).toArray();
    for (const QJsonValue &warning : warnings)
        profile.warnings << warning.toString();
    return profile;
}

} // namespace rollcall::store
