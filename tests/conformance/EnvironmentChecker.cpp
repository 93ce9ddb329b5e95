#include "core/http/CookieNames.h"
#include "core/session/AuthEnvironment.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

using session::AuthVersion;

std::optional<QByteArray> header(const jose::JsonValue &headers, QStringView name)
{
    for (const auto &member : headers.object() ? *headers.object() : jose::JsonValue::Object()) {
        if (member.name.compare(name, Qt::CaseInsensitive) == 0 && member.value.string())
            return member.value.string()->toLatin1();
    }
    return std::nullopt;
}

QByteArray sessionCookie(AuthVersion version, bool secure)
{
    return http::defaultCookieName(version, http::CookiePurpose::Session, secure);
}

/// An expectation that may be null.
void compareMaybe(const QString &what, const std::optional<QByteArray> &actual, const std::optional<QString> &expected,
                  Differences &differences)
{
    const auto value = [](const std::optional<QString> &text) {
        return text ? jose::JsonValue(*text) : jose::JsonValue();
    };
    differences.compare(what, value(actual ? std::optional(QString::fromUtf8(*actual)) : std::nullopt),
                        value(expected));
}

void compareSecrets(const QString &what, const std::vector<base::SecretBytes> &actual, const QStringList &expected,
                    Differences &differences)
{
    QStringList texts;
    for (const base::SecretBytes &secret : actual)
        texts << QString::fromUtf8(secret.view());
    differences.compare(what, texts.join(QLatin1Char('\n')), expected.join(QLatin1Char('\n')));
    differences.compare(what, static_cast<qint64>(texts.size()), expected.size());
}

void checkV4(Fields expected, const session::Environment &environment, const session::ForwardedHeaders &headers,
             Differences &differences)
{
    const auto origin = session::detectOrigin(environment, headers);
    const auto base = session::parseBaseUrl(origin);
    // What is left out of an expectation that throws is not compared.
    const auto throws = expected.maybeText(u"throws");
    differences.compare(QStringLiteral("v4 throws"), base ? QString() : QStringLiteral("Invalid URL"),
                        throws.value_or(QString()));
    const auto text = [&expected, &throws](QStringView name) {
        return throws ? expected.maybeText(name) : std::optional(expected.text(name));
    };
    const auto expectedOrigin = expected.maybeText(u"origin");
    if (!throws || expectedOrigin)
        compareMaybe(QStringLiteral("v4 origin"), origin, expectedOrigin, differences);
    const auto compareText = [&](const char16_t *name, const QByteArray &actual) {
        if (const auto wanted = text(name))
            differences.compare(u"v4 " + QString::fromUtf16(name), actual, wanted->toUtf8());
    };
    const session::BaseUrl url = base.value_or(session::BaseUrl());
    compareText(u"base", url.base);
    compareText(u"basePath", url.path);
    compareText(u"sessionCookie", sessionCookie(AuthVersion::V4, url.base.startsWith("https://")));
    compareText(u"getTokenCookie", sessionCookie(AuthVersion::V4, session::getTokenIsSecure(environment)));
    const auto secret = session::secretV4(environment, {});
    const auto expectedSecret = expected.maybeText(u"secret");
    if (!throws || expectedSecret)
        compareMaybe(QStringLiteral("v4 secret"), secret ? std::optional(secret->view().toByteArray()) : std::nullopt,
                     expectedSecret, differences);
}

void checkV5(Fields expected, const session::Environment &environment, const session::ForwardedHeaders &headers,
             Differences &differences)
{
    const session::ConfigDefaults config = session::nextAuthDefaults(environment, {});
    const auto url = session::actionUrl(QByteArrayLiteral("session"), environment, headers, config.basePath);
    const auto throws = expected.maybeText(u"throws");
    differences.compare(QStringLiteral("v5 throws"), url ? QString() : QStringLiteral("Invalid URL"),
                        throws.value_or(QString()));
    differences.compare(QStringLiteral("v5 basePath"), config.basePath, expected.text(u"basePath").toUtf8());
    compareSecrets(QStringLiteral("v5 secrets"), config.secrets, expected.texts(u"secrets"), differences);
    if (throws || !url)
        return;
    differences.compare(QStringLiteral("v5 sessionUrl"), url->href(), expected.text(u"sessionUrl").toUtf8());
    differences.compare(QStringLiteral("v5 sessionCookie"), sessionCookie(AuthVersion::V5, url->isSecure()),
                        expected.text(u"sessionCookie").toUtf8());
    differences.compare(QStringLiteral("v5 trustHost"), config.trustHost, expected.flag(u"trustHost"));
}

void checkCore(Fields expected, const session::Environment &environment, Differences &differences)
{
    const session::ConfigDefaults config = session::coreDefaults(environment, {});
    differences.compare(QStringLiteral("core basePath"), config.basePath, expected.text(u"basePath").toUtf8());
    compareSecrets(QStringLiteral("core secrets"), config.secrets, expected.texts(u"secrets"), differences);
    differences.compare(QStringLiteral("core trustHost"), config.trustHost, expected.flag(u"trustHost"));
}

} // namespace

session::Environment environmentOf(const jose::JsonValue &variables, Differences &differences)
{
    session::Environment environment;
    for (const auto &member : variables.object() ? *variables.object() : jose::JsonValue::Object()) {
        if (!member.value.string()) {
            differences.add(QStringLiteral("field env.%1 is not a string").arg(member.name));
            continue;
        }
        environment.insert_or_assign(member.name.toUtf8(),
                                     base::SecretBytes(QByteArrayView(member.value.string()->toUtf8())));
    }
    return environment;
}

session::ForwardedHeaders forwardedHeadersOf(const jose::JsonValue &headers)
{
    return {header(headers, u"host"), header(headers, u"x-forwarded-host"), header(headers, u"x-forwarded-proto")};
}

void checkEnvironment(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    const session::Environment environment = environmentOf(vector.value(u"env"), differences);
    const session::ForwardedHeaders headers = forwardedHeadersOf(vector.value(u"headers"));
    Fields expected = vector.object(u"expected");
    checkV4(expected.object(u"v4"), environment, headers, differences);
    checkV5(expected.object(u"v5"), environment, headers, differences);
    checkCore(expected.object(u"core"), environment, differences);
}

} // namespace rollcall::conformance
