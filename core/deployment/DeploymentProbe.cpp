#include "core/deployment/DeploymentProbe.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/http/HttpDate.h"

namespace rollcall::deployment {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;
using session::AuthVersion;

namespace {

QString hostOf(const QUrl &url)
{
    return url.host() + (url.port() < 0 ? QString() : QStringLiteral(":%1").arg(url.port()));
}

QUrl endpoint(const ConnectionConfig &config, const QString &name)
{
    QUrl url = *config.baseUrl;
    url.setPath(config.profile.basePath + QLatin1Char('/') + name);
    return url;
}

/// What an error status of Auth.js' endpoints means. **Source:** facts/session-protocol.md §4.2, N52–N55, N64, N65.
QString statusMeaning(int status, const QByteArray &body)
{
    const QString message = QJsonDocument::fromJson(body).object().value(QStringLiteral("message")).toString();
    if (status == 500 && message.startsWith(QStringLiteral("There is a problem with the server configuration")))
        return QStringLiteral(
            "NextAuth 4 reports a configuration problem: NEXTAUTH_SECRET is missing there, or a callback "
            "URL is invalid");
    if (status == 500 && message.startsWith(QStringLiteral("There was a problem with the server configuration")))
        return QStringLiteral(
            "Auth.js reports a configuration problem: AUTH_SECRET is missing there, or the host is not "
            "trusted (AUTH_TRUST_HOST or AUTH_URL)");
    switch (status) {
    case 400:
        return QStringLiteral("Auth.js does not know this path: the base path is another");
    case 401:
    case 403:
        return QStringLiteral("something in front of the deployment, such as a gateway or a preview password, refuses");
    case 404:
        return QStringLiteral("there is nothing at this path: the base path or the host is another");
    case 429:
        return QStringLiteral("the deployment limits the rate of requests");
    case 502:
    case 503:
    case 504:
        return QStringLiteral("a gateway answers that the deployment behind it does not");
    default:
        return status >= 500 ? QStringLiteral("the deployment itself failed") : QString();
    }
}

/// The JSON of an answer that is as Auth.js gives it: 200 and JSON.
base::Result<QJsonValue> jsonOf(const http::HttpResponse &response, const QUrl &url)
{
    const auto error = [&](ErrorCode code, const QString &detail) {
        return base::fail(Error(code)
                              .with(ErrorParam::Host, hostOf(url))
                              .with(ErrorParam::Status, qint64(response.status))
                              .with(ErrorParam::Detail, detail));
    };
    if (response.status >= 300 && response.status < 400) {
        const QUrl target = url.resolved(QUrl::fromEncoded(response.header("Location")));
        return error(ErrorCode::DeploymentRedirected,
                     target.toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment));
    }
    if (response.status != 200)
        return error(ErrorCode::DeploymentStatus, statusMeaning(response.status, response.body));
    const QByteArray body = response.body.trimmed();
    if (body.isEmpty())
        return error(ErrorCode::DeploymentNotAuthJs, QStringLiteral("%1 gave an empty body").arg(url.path()));
    if (body.startsWith('<') || response.header("Content-Type").startsWith("text/html"))
        return error(
            ErrorCode::DeploymentNotAuthJs,
            QStringLiteral("%1 gave an HTML page (a login wall, or a page that catches every path)").arg(url.path()));
    // In an array, because QJsonDocument takes no bare null.
    QJsonParseError parsing;
    const QJsonDocument document = QJsonDocument::fromJson('[' + body + ']', &parsing);
    if (parsing.error != QJsonParseError::NoError)
        return error(ErrorCode::DeploymentNotAuthJs,
                     QStringLiteral("%1 gave something that is not JSON").arg(url.path()));
    return document.array().at(0);
}

/// The csrf cookie of an answer: value (decoded), version and prefix by its name.
struct CsrfCookie
{
    AuthVersion version;
    bool secure;
    QByteArray value;
};

std::optional<CsrfCookie> csrfCookieOf(const http::HttpResponse &response)
{
    struct Name
    {
        const char *text;
        AuthVersion version;
    };
    for (const QByteArray &line : response.headerValues("Set-Cookie")) {
        const QByteArray pair = line.first(line.contains(';') ? line.indexOf(';') : line.size());
        const qsizetype equals = pair.indexOf('=');
        QByteArray name = pair.first(std::max<qsizetype>(equals, 0)).trimmed();
        const bool secure = name.startsWith("__Host-") || name.startsWith("__Secure-");
        name = name.mid(name.startsWith("__Host-") ? 7 : secure ? 9 : 0);
        for (const Name &known :
             {Name{"next-auth.csrf-token", AuthVersion::V4}, Name{"authjs.csrf-token", AuthVersion::V5}}) {
            if (name == known.text)
                return CsrfCookie{known.version, secure,
                                  QByteArray::fromPercentEncoding(pair.mid(equals + 1).trimmed())};
        }
    }
    return std::nullopt;
}

/// Whether `T|H` has H = hex SHA-256 of T + @p secret.
bool madeWith(const QByteArray &csrf, QByteArrayView secret)
{
    const qsizetype bar = csrf.indexOf('|');
    if (bar <= 0)
        return false;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArrayView(csrf).first(bar));
    hash.addData(secret);
    return csrf.mid(bar + 1) == hash.result().toHex();
}

/// Which of @p secrets made the csrf cookie. Auth.js v5 given several hashes them joined by commas.
void proveSecret(const CsrfCookie &csrf, const workspace::ConnectionSecrets &secrets, DeploymentFacts &facts)
{
    facts.secretMatches = false;
    for (size_t i = 0; i < secrets.authSecrets.size(); ++i) {
        if (madeWith(csrf.value, secrets.authSecrets[i].view())) {
            facts.secretMatches = true;
            facts.provenSecret = static_cast<qsizetype>(i);
        }
    }
    if (*facts.secretMatches)
        return;
    QByteArray joined;
    for (const SecretBytes &secret : secrets.secretsFor(csrf.version))
        joined += (joined.isEmpty() ? QByteArray() : QByteArrayLiteral(",")) + secret.view().toByteArray();
    facts.secretMatches = madeWith(csrf.value, joined);
    base::wipe(joined);
}

/// One conversation with the deployment.
class Conversation
{
public:
    Conversation(const ConnectionConfig &config, const Call &call)
        : m_config(config), m_call(call), m_client(config.httpOptions)
    {}

    base::Result<http::HttpResponse> get(const QString &name)
    {
        http::HttpRequest request;
        request.url = endpoint(m_config, name);
        auto response = m_client.send(request, m_call);
        if (response)
            m_localTime = base::SystemClock().now();
        return response;
    }
    base::Result<QJsonValue> json(const QString &name)
    {
        const auto response = get(name);
        if (!response)
            return base::fail(response.error());
        return jsonOf(*response, endpoint(m_config, name));
    }
    [[nodiscard]] base::Instant localTime() const { return m_localTime; }

private:
    const ConnectionConfig &m_config;
    const Call &m_call;
    http::HttpClient m_client;
    base::Instant m_localTime;
};

Error notASession(const QUrl &url, const QString &what)
{
    return Error(ErrorCode::DeploymentNotAuthJs)
        .with(ErrorParam::Host, hostOf(url))
        .with(ErrorParam::Status, qint64(200))
        .with(ErrorParam::Detail, QStringLiteral("%1 gave %2 instead of an empty session").arg(url.path(), what));
}

} // namespace

base::Result<DeploymentFacts> askDeployment(const ConnectionConfig &config, const Call &call)
{
    if (!config.baseUrl)
        return base::fail(config.baseUrlError.value_or(Error(ErrorCode::PartNotGiven)
                                                           .with(ErrorParam::Part, QStringLiteral("deployment address"))
                                                           .with(ErrorParam::Flag, QStringLiteral("--base-url"))));
    const QString host = config.baseUrl->host();
    if (config.baseUrl->scheme() == QStringLiteral("http") && !store::isLoopbackHost(host) &&
        !config.httpOptions.insecureHosts.contains(host, Qt::CaseInsensitive))
        return base::fail(Error(ErrorCode::InsecureTransport).with(ErrorParam::Host, host));

    Conversation conversation(config, call);
    const auto csrfAnswer = conversation.get(QStringLiteral("csrf"));
    if (!csrfAnswer)
        return base::fail(csrfAnswer.error());
    DeploymentFacts facts;
    facts.serverTime = http::parseHttpDate(csrfAnswer->header("Date"));
    if (facts.serverTime)
        facts.localTime = conversation.localTime();
    facts.secureCookies = config.baseUrl->scheme() == QStringLiteral("https");

    const auto csrfJson = jsonOf(*csrfAnswer, endpoint(config, QStringLiteral("csrf")));
    if (!csrfJson && csrfAnswer->status == 404) {
        const auto session = conversation.json(QStringLiteral("get-session"));
        if (session && session->isNull()) {
            facts.version = AuthVersion::BetterAuth;
            return facts;
        }
    }
    if (!csrfJson)
        return base::fail(csrfJson.error());
    const auto csrf = csrfCookieOf(*csrfAnswer);
    if (!csrf && !csrfJson->toObject().value(QStringLiteral("csrfToken")).isString())
        return base::fail(Error(ErrorCode::DeploymentNotAuthJs)
                              .with(ErrorParam::Host, hostOf(*config.baseUrl))
                              .with(ErrorParam::Status, qint64(200))
                              .with(ErrorParam::Detail, QStringLiteral("%1 gave JSON without a csrfToken")
                                                            .arg(endpoint(config, QStringLiteral("csrf")).path())));

    const QUrl sessionUrl = endpoint(config, QStringLiteral("session"));
    const auto session = conversation.json(QStringLiteral("session"));
    if (!session)
        return base::fail(session.error());
    if (!session->isNull() && !session->isObject())
        return base::fail(notASession(sessionUrl, QStringLiteral("another JSON")));
    if (session->isObject() && !session->toObject().isEmpty())
        return base::fail(notASession(sessionUrl, QStringLiteral("an object that is not empty")));
    facts.version = csrf ? csrf->version : session->isNull() ? AuthVersion::V5 : AuthVersion::V4;
    if (csrf) {
        facts.secureCookies = csrf->secure;
        if (!config.secrets.authSecrets.empty())
            proveSecret(*csrf, config.secrets, facts);
    }
    // The list of providers is an extra: a deployment that withholds it is none the worse.
    if (const auto providers = conversation.json(QStringLiteral("providers")); providers && providers->isObject())
        facts.providers = providers->toObject().keys();
    return facts;
}

} // namespace rollcall::deployment
