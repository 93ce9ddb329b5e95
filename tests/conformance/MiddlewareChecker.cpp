#include "core/engine/Middleware.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

using engine::AuthorizedResult;
using engine::MiddlewareArguments;
using engine::MiddlewareDecision;
using engine::OwnResponse;
using jose::JsonValue;

/// A function that the vectors name, as the file's `authorizedCallbacks` explains it; empty for unknown names.
std::function<AuthorizedResult(const MiddlewareArguments &)> authorizedNamed(const QString &name)
{
    using Arguments = const MiddlewareArguments &;
    if (name == u"always")
        return [](Arguments) { return AuthorizedResult(JsonValue(true)); };
    if (name == u"never")
        return [](Arguments) { return AuthorizedResult(JsonValue(false)); };
    if (name == u"undefined")
        return [](Arguments) { return AuthorizedResult(engine::Undefined()); };
    if (name == u"signed-in")
        return [](Arguments arguments) { return AuthorizedResult(JsonValue(arguments.auth != nullptr)); };
    if (name == u"role-admin") {
        return [](Arguments arguments) {
            const JsonValue *role = arguments.auth ? arguments.auth->find(u"role") : nullptr;
            return AuthorizedResult(JsonValue(role && role->string() && *role->string() == u"admin"));
        };
    }
    if (name == u"own-401") {
        return [](Arguments arguments) {
            return arguments.auth ? AuthorizedResult(JsonValue(true)) : AuthorizedResult(OwnResponse{401, {}});
        };
    }
    if (name == u"own-redirect") {
        return [](Arguments arguments) {
            const QByteArray target = arguments.url.origin() + "/login";
            return arguments.auth ? AuthorizedResult(JsonValue(true))
                                  : AuthorizedResult(OwnResponse{302, {{QByteArrayLiteral("Location"), target}}});
        };
    }
    return {};
}

/// The deployment's middleware file.
struct Setup
{
    engine::MiddlewareOptions options;
    std::shared_ptr<session::AuthProfile> profile = std::make_shared<session::AuthProfile>();
};

void readPages(Fields &options, engine::MiddlewareOptions &result, Differences &differences)
{
    const JsonValue *pages = options.maybeValue(u"pages");
    if (!pages)
        return;
    Fields fields(*pages, QStringLiteral("options.pages"), differences);
    if (const auto page = fields.maybeText(u"signIn"))
        result.signInPage = page->toUtf8();
    if (const auto page = fields.maybeText(u"error"))
        result.errorPage = page->toUtf8();
}

Setup readOptions(Fields options, session::AuthVersion version, const session::Environment &environment,
                  Differences &differences)
{
    Setup setup;
    readPages(options, setup.options, differences);
    if (const auto name = options.maybeText(u"authorized")) {
        setup.options.authorized = authorizedNamed(*name);
        if (!setup.options.authorized)
            differences.add(QStringLiteral("authorized \"%1\" is not a known word").arg(*name));
    }
    session::AuthProfile &profile = *setup.profile;
    profile.strategy = session::Strategy::Jwt;
    session::AuthOptions own;
    profile.version = version;
    if (version == session::AuthVersion::V4) {
        if (const auto secret = options.maybeText(u"secret"))
            own.secrets = secretsOf({*secret});
        setup.options.cookieName = options.maybeText(u"cookieName").value_or(QString()).toUtf8();
        if (auto secret = session::secretV4(environment, own))
            profile.secrets.push_back(std::move(*secret));
        return setup;
    }
    if (options.maybeValue(u"secrets"))
        own.secrets = secretsOf(options.texts(u"secrets"));
    own.trustHost = options.maybeFlag(u"trustHost");
    auto config = session::nextAuthDefaults(environment, own);
    profile.basePath = config.basePath;
    profile.secrets = std::move(config.secrets);
    profile.trustHost = config.trustHost;
    return setup;
}

engine::MiddlewareRequest requestOf(Fields &vector, Differences &differences)
{
    engine::MiddlewareRequest request;
    request.isRouted = false; // the vectors were run on a NextRequest
    request.url = vector.text(u"url").toUtf8();
    const JsonValue &headers = vector.value(u"headers");
    for (const auto &member : headers.object() ? *headers.object() : JsonValue::Object()) {
        const auto value = member.value.string() ? wireBytes(*member.value.string()) : std::nullopt;
        if (!value)
            differences.add(QStringLiteral("field headers.%1 is no header value").arg(member.name));
        request.headers.emplace_back(member.name.toUtf8(), value.value_or(QByteArray()));
    }
    return request;
}

QString outcomeName(MiddlewareDecision::Outcome outcome)
{
    switch (outcome) {
    case MiddlewareDecision::Outcome::Pass:
        return QStringLiteral("pass");
    case MiddlewareDecision::Outcome::Redirect:
        return QStringLiteral("redirect");
    case MiddlewareDecision::Outcome::Respond:
        return QStringLiteral("respond");
    case MiddlewareDecision::Outcome::Throw:
        return QStringLiteral("throws");
    }
    Q_UNREACHABLE();
}

void compareDecision(const MiddlewareDecision &decision, Fields expected, Differences &differences)
{
    QString actual = outcomeName(decision.outcome);
    if (decision.outcome == MiddlewareDecision::Outcome::Throw)
        actual += u": " + decision.thrown;
    const auto throws = expected.maybeText(u"throws");
    const QString outcome = throws ? actual : expected.text(u"outcome");
    differences.compare(QStringLiteral("outcome"), throws ? outcomeName(decision.outcome) : actual,
                        throws ? QStringLiteral("throws") : outcome);
    if (const auto status = expected.maybeNumber(u"status"))
        differences.compare(QStringLiteral("status"), qint64{decision.status}, static_cast<qint64>(*status));
    if (const auto location = expected.maybeText(u"location"))
        differences.compare(QStringLiteral("location"), decision.location, location->toUtf8());
    // `response: null`: none was made; there is nothing more to compare.
    if (expected.maybeValue(u"response"))
        differences.add(QStringLiteral("field expected.response is not null"));
    if (expected.json().find(u"setCookieNames")) {
        QStringList names;
        for (const http::SetCookie &cookie : decision.setCookies)
            names << QString::fromUtf8(cookie.name);
        differences.compare(QStringLiteral("setCookieNames"), names.join(QLatin1Char(' ')),
                            expected.texts(u"setCookieNames").join(QLatin1Char(' ')));
    }
    if (decision.outcome != MiddlewareDecision::Outcome::Pass && !decision.reason && !throws &&
        decision.outcome != MiddlewareDecision::Outcome::Throw)
        differences.add(QStringLiteral("it was stopped without a reason"));
}

} // namespace

void checkMiddleware(Fields &vector, const JsonValue &, Differences &differences)
{
    const session::Environment environment = environmentOf(vector.value(u"env"), differences);
    const session::AuthVersion version = versionOf(vector, differences);
    Setup setup = readOptions(vector.object(u"options"), version, environment, differences);
    setup.options.next.basePath = vector.maybeText(u"basePath").value_or(QString()).toUtf8();
    const engine::MiddlewareRequest request = requestOf(vector, differences);
    engine::EndpointContext context;
    context.now = vector.instant(u"now");
    const engine::SessionEndpoint endpoint(setup.profile, nullptr);
    const MiddlewareDecision decision =
        version == session::AuthVersion::V4
            ? engine::withAuth(endpoint, request, setup.options, environment, context.now)
            : engine::authMiddleware(endpoint, request, setup.options, environment, context, {});
    compareDecision(decision, vector.object(u"expected"), differences);
}

} // namespace rollcall::conformance
