#include "core/workspace/ProfileJson.h"

#include <QJsonArray>

namespace rollcall::workspace {

using session::AuthVersion;
using session::CookieParser;
using session::Strategy;

namespace {

/// Names of an enum's values, for both directions.
template <typename Enum>
struct Names
{
    Enum value;
    QString name;
};

const std::vector<Names<Environment>> &environments()
{
    static const std::vector<Names<Environment>> names{
        {Environment::Development, environmentName(Environment::Development)},
        {Environment::Staging, environmentName(Environment::Staging)},
        {Environment::Production, environmentName(Environment::Production)}};
    return names;
}

const std::vector<Names<AuthVersion>> &versions()
{
    static const std::vector<Names<AuthVersion>> names{{AuthVersion::V4, versionName(AuthVersion::V4)},
                                                       {AuthVersion::V5, versionName(AuthVersion::V5)},
                                                       {AuthVersion::BetterAuth, versionName(AuthVersion::BetterAuth)}};
    return names;
}

const std::vector<Names<Strategy>> &strategies()
{
    static const std::vector<Names<Strategy>> names{{Strategy::Jwt, strategyName(Strategy::Jwt)},
                                                    {Strategy::Database, strategyName(Strategy::Database)}};
    return names;
}

const std::vector<Names<CookieParser>> &parsers()
{
    static const std::vector<Names<CookieParser>> names{{CookieParser::Web, QStringLiteral("web")},
                                                        {CookieParser::Pages, QStringLiteral("pages")},
                                                        {CookieParser::App, QStringLiteral("app")}};
    return names;
}

template <typename Enum>
QString nameOf(const std::vector<Names<Enum>> &names, Enum value)
{
    return std::ranges::find(names, value, &Names<Enum>::value)->name;
}

/// Reads members one by one and remembers the first that is not of its type.
class Reader
{
public:
    explicit Reader(const QJsonObject &json) : m_json(json) {}

    void text(const QString &key, QString &target)
    {
        if (const QJsonValue value = member(key); value.isString())
            target = value.toString();
        else if (!value.isUndefined())
            m_bad = key;
    }
    template <typename Target>
    void seconds(const QString &key, Target &target)
    {
        if (const QJsonValue value = member(key); value.isDouble() && value.toInteger(-1) >= 0)
            target = std::chrono::seconds(value.toInteger());
        else if (!value.isUndefined())
            m_bad = key;
    }
    void truth(const QString &key, bool &target)
    {
        if (const QJsonValue value = member(key); value.isBool())
            target = value.toBool();
        else if (!value.isUndefined())
            m_bad = key;
    }
    void texts(const QString &key, QStringList &target)
    {
        const QJsonValue value = member(key);
        if (!value.isUndefined() && !value.isArray())
            m_bad = key;
        const QJsonArray items = value.toArray();
        for (const auto &item : items)
            target << item.toString();
    }
    template <typename Enum, typename Target>
    void name(const QString &key, const std::vector<Names<Enum>> &names, Target &target)
    {
        QString text;
        this->text(key, text);
        if (text.isEmpty())
            return;
        const auto found = std::ranges::find(names, text, &Names<Enum>::name);
        if (found == names.end())
            m_bad = key;
        else
            target = found->value;
    }
    [[nodiscard]] const QString &bad() const { return m_bad; }

private:
    [[nodiscard]] QJsonValue member(const QString &key) const
    {
        const QJsonValue value = m_json.value(key);
        return value.isNull() ? QJsonValue(QJsonValue::Undefined) : value;
    }

    const QJsonObject &m_json;
    QString m_bad;
};

} // namespace

QJsonObject profileToJson(const ConnectionProfile &profile)
{
    QJsonObject json{{QStringLiteral("name"), profile.name},
                     {QStringLiteral("environment"), environmentName(profile.environment)},
                     {QStringLiteral("note"), profile.note},
                     {QStringLiteral("database"), redactUrl(profile.database.toUtf8())},
                     {QStringLiteral("baseUrl"), redactUrl(profile.baseUrl.toUtf8())},
                     {QStringLiteral("basePath"), profile.basePath},
                     {QStringLiteral("cookieName"), profile.cookieName},
                     {QStringLiteral("updateAgeSeconds"), qint64(profile.updateAge.count())},
                     {QStringLiteral("cookieParser"), nameOf(parsers(), profile.cookieParser)},
                     {QStringLiteral("cache"), redactUrl(profile.cache.toUtf8())},
                     {QStringLiteral("cacheKeys"), QJsonArray::fromStringList(profile.cacheKeys)},
                     {QStringLiteral("caFile"), profile.caFile},
                     {QStringLiteral("timeZone"), profile.timeZone},
                     {QStringLiteral("insecureHosts"), QJsonArray::fromStringList(profile.insecureHosts)},
                     {QStringLiteral("schemaMap"), profile.schemaMap},
                     {QStringLiteral("needsApproval"), profile.needsApproval},
                     {QStringLiteral("watchSeconds"), qint64(profile.watchFor.count())},
                     {QStringLiteral("ownUser"), profile.ownUser},
                     {QStringLiteral("maskPersonal"), profile.maskPersonal}};
    if (profile.maxAge)
        json.insert(QStringLiteral("maxAgeSeconds"), qint64(profile.maxAge->count()));
    if (profile.version)
        json.insert(QStringLiteral("version"), versionName(*profile.version));
    if (profile.versionHint)
        json.insert(QStringLiteral("versionHint"), versionName(*profile.versionHint));
    if (profile.strategy)
        json.insert(QStringLiteral("strategy"), strategyName(*profile.strategy));
    return json;
}

base::Result<ConnectionProfile> profileFromJson(const QJsonObject &json, const QString &origin)
{
    ConnectionProfile profile;
    Reader reader(json);
    reader.text(QStringLiteral("name"), profile.name);
    reader.name(QStringLiteral("environment"), environments(), profile.environment);
    reader.text(QStringLiteral("note"), profile.note);
    reader.text(QStringLiteral("database"), profile.database);
    reader.text(QStringLiteral("baseUrl"), profile.baseUrl);
    reader.text(QStringLiteral("basePath"), profile.basePath);
    reader.name(QStringLiteral("version"), versions(), profile.version);
    reader.name(QStringLiteral("versionHint"), versions(), profile.versionHint);
    reader.name(QStringLiteral("strategy"), strategies(), profile.strategy);
    reader.text(QStringLiteral("cookieName"), profile.cookieName);
    reader.seconds(QStringLiteral("maxAgeSeconds"), profile.maxAge);
    reader.seconds(QStringLiteral("updateAgeSeconds"), profile.updateAge);
    reader.name(QStringLiteral("cookieParser"), parsers(), profile.cookieParser);
    reader.text(QStringLiteral("cache"), profile.cache);
    reader.texts(QStringLiteral("cacheKeys"), profile.cacheKeys);
    reader.text(QStringLiteral("caFile"), profile.caFile);
    reader.text(QStringLiteral("timeZone"), profile.timeZone);
    reader.texts(QStringLiteral("insecureHosts"), profile.insecureHosts);
    reader.text(QStringLiteral("schemaMap"), profile.schemaMap);
    reader.truth(QStringLiteral("needsApproval"), profile.needsApproval);
    reader.seconds(QStringLiteral("watchSeconds"), profile.watchFor);
    reader.text(QStringLiteral("ownUser"), profile.ownUser);
    reader.truth(QStringLiteral("maskPersonal"), profile.maskPersonal);
    const QString bad = profile.name.isEmpty() && reader.bad().isEmpty() ? QStringLiteral("name") : reader.bad();
    if (!bad.isEmpty())
        return base::fail(
            base::Error(base::ErrorCode::FileFormatInvalid)
                .with(base::ErrorParam::Path, origin)
                .with(base::ErrorParam::Detail, QStringLiteral("member \"%1\" of a connection").arg(bad)));
    return profile;
}

} // namespace rollcall::workspace
