#include <QHash>

#include "core/engine/Middleware.h"
#include "tests/differential/Engine.h"
#include "tests/differential/NamedCallbacks.h"
#include "tests/differential/RowsAdapter.h"

// Our engine's decisions as middleware.
namespace rollcall::differential {

namespace {

using engine::AuthorizedResult;
using engine::MiddlewareArguments;
using engine::MiddlewareDecision;
using engine::OwnResponse;
using Arguments = const MiddlewareArguments &;
using Authorized = std::function<AuthorizedResult(Arguments)>;
using Function = std::function<engine::FunctionResult(Arguments)>;

OwnResponse redirect(int status, const QByteArray &location)
{
    return {status, {{QByteArrayLiteral("Location"), location}}};
}

template <typename Result>
Authorized always(Result result)
{
    return [result](Arguments) { return AuthorizedResult(result); };
}

/// In v4 the token itself, in v5 the session's user.
AuthorizedResult roleIsAdmin(Arguments arguments)
{
    const JsonValue *user = arguments.auth ? arguments.auth->find(u"user") : nullptr;
    const JsonValue *holder = user && !user->isNull() ? user : arguments.auth;
    return JsonValue(holder && textOf(*holder, u"role") == u"admin");
}

/// As `authorized` in node/middleware.mjs.
Authorized authorizedNamed(const QString &name)
{
    static const QHash<QString, Authorized> table{
        {QStringLiteral("always"), always(JsonValue(true))},
        {QStringLiteral("never"), always(JsonValue(false))},
        {QStringLiteral("undefined"), always(engine::Undefined())},
        {QStringLiteral("null"), always(JsonValue())},
        {QStringLiteral("zero"), always(JsonValue(0.0))},
        {QStringLiteral("text"), always(text(QStringLiteral("yes")))},
        {QStringLiteral("object"), always(object({}))},
        {QStringLiteral("signed-in"), [](Arguments given) { return JsonValue(given.auth != nullptr); }},
        {QStringLiteral("role-admin"), roleIsAdmin},
        {QStringLiteral("own-401"), always(OwnResponse{401, {}})},
        {QStringLiteral("own-redirect"), [](Arguments given) { return redirect(302, given.url.origin() + "/login"); }},
        {QStringLiteral("own-relative"), always(redirect(303, "/login"))},
        {QStringLiteral("throws"), always(engine::CallbackFailure{QStringLiteral("authorized failed")})},
    };
    return table.value(name);
}

/// As `functions` in node/middleware.mjs.
Function functionNamed(const QString &name)
{
    static const QHash<QString, Function> table{
        {QStringLiteral("nothing"), [](Arguments) { return engine::Undefined(); }},
        {QStringLiteral("own-200"),
         [](Arguments) {
             return OwnResponse{200, {}};
         }},
        {QStringLiteral("own-403"),
         [](Arguments) {
             return OwnResponse{403, {}};
         }},
        {QStringLiteral("own-redirect"),
         [](Arguments given) { return redirect(308, given.url.origin() + "/elsewhere"); }},
        {QStringLiteral("own-relative"), [](Arguments) { return redirect(302, "/elsewhere"); }},
        {QStringLiteral("throws"),
         [](Arguments) { return engine::CallbackFailure{QStringLiteral("the function failed")}; }},
    };
    return table.value(name);
}

routes::NextConfig nextOf(const JsonValue &request)
{
    routes::NextConfig next;
    const JsonValue *given = request.find(u"next");
    if (!given)
        return next;
    next.basePath = bytesOf(*given, u"basePath");
    next.trailingSlash = flagOf(*given, u"trailingSlash").value_or(false);
    if (const JsonValue *i18n = given->find(u"i18n")) {
        for (const JsonValue &locale : listOf(*i18n, u"locales"))
            next.locales.append(locale.string() ? locale.string()->toUtf8() : QByteArray());
        next.defaultLocale = bytesOf(*i18n, u"defaultLocale");
    }
    return next;
}

JsonValue decisionOf(const MiddlewareDecision &decision)
{
    using Outcome = MiddlewareDecision::Outcome;
    if (decision.outcome == Outcome::Throw)
        return object({{"throws", text(decision.thrown)}});
    JsonValue shown = object({{"outcome", text(QStringLiteral("pass"))}});
    if (decision.outcome != Outcome::Pass) {
        const bool redirects = decision.outcome == Outcome::Redirect;
        shown = object({{"outcome", text(redirects ? QStringLiteral("redirect") : QStringLiteral("respond"))},
                        {"status", number(decision.status)},
                        {"location", text(QString::fromUtf8(decision.location))}});
    }
    shown.set(QStringLiteral("setCookies"), linesOf(decision.setCookies));
    return shown;
}

} // namespace

JsonValue middlewareAnswer(const JsonValue &request)
{
    static const JsonValue nothing = object({});
    const JsonValue *given = request.find(u"options");
    const JsonValue &names = given ? *given : nothing;
    engine::MiddlewareOptions options;
    options.next = nextOf(request);
    options.authorized = authorizedNamed(textOf(names, u"authorized"));
    options.function = functionNamed(textOf(names, u"function"));
    if (names.find(u"signIn"))
        options.signInPage = textOf(names, u"signIn").toUtf8();
    if (names.find(u"error"))
        options.errorPage = textOf(names, u"error").toUtf8();
    options.cookieName = textOf(request, u"cookieName").toUtf8();

    engine::MiddlewareRequest asked;
    asked.isRouted = false; // the packages are given a NextRequest made by hand
    asked.url = textOf(request, u"url").toUtf8();
    const JsonValue *headers = request.find(u"headers");
    for (const JsonValue::Member &header : headers && headers->object() ? *headers->object() : JsonValue::Object())
        asked.headers.emplace_back(header.name.toLatin1(), header.value.string()->toLatin1());

    const JsonValue *db = request.find(u"db");
    RowsAdapter adapter(db ? *db : nothing);
    const auto context = contextOf(request, db ? &adapter : nullptr);
    const auto environment = environmentOf(request);
    const engine::SessionEndpoint endpoint(profileOf(request), callbacksOf(request));
    const bool isV4 = versionOf(request) == session::AuthVersion::V4;
    const MiddlewareDecision decision =
        isV4 ? engine::withAuth(endpoint, asked, options, environment, context.now)
             : engine::authMiddleware(endpoint, asked, options, environment, context, {});
    JsonValue answer = object({{"decision", decisionOf(decision)}});
    if (decision.outcome != MiddlewareDecision::Outcome::Throw) {
        answer.set(QStringLiteral("calls"), list(adapter.calls()));
        // v4's middleware writes to the console alone.
        answer.set(QStringLiteral("log"), isV4 ? list({}) : logOf(decision.log));
    }
    return answer;
}

} // namespace rollcall::differential
