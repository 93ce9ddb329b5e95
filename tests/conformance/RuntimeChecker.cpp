#include <algorithm>

#include "core/engine/SessionRuntime.h"
#include "tests/conformance/Checker.h"
#include "tests/support/VectorAdapter.h"

namespace rollcall::conformance {

namespace {

using engine::SessionRuntime;
using jose::JsonValue;

/// What a case's runtime was seen to do.
struct Seen
{
    std::vector<http::HttpRequest> requests;
    test::VectorAdapter *adapter = nullptr; ///< lives as long as the runtime
};

/// A case's configuration and input.
struct Case
{
    QString mode;
    std::shared_ptr<session::AuthProfile> profile = std::make_shared<session::AuthProfile>();
    QByteArray baseUrl;
    std::optional<QByteArray> targetBasePath;
    http::HeaderList staticHeaders;
    const JsonValue *db = nullptr;
    const JsonValue *upstream = nullptr;
    std::shared_ptr<const base::Clock> clock;
    bool hasInput = false;
    http::HeaderList input;
};

http::HeaderList headersOf(const JsonValue *object)
{
    http::HeaderList headers;
    for (const JsonValue::Member &member : object && object->object() ? *object->object() : JsonValue::Object())
        headers.emplace_back(member.name.toUtf8(),
                             member.value.string() ? member.value.string()->toLatin1() : QByteArray());
    return headers;
}

void readOptions(Case &result, Fields options, Differences &differences)
{
    session::AuthProfile &profile = *result.profile;
    result.baseUrl = options.text(u"baseUrl").toUtf8();
    const QString strategy = options.text(u"sessionStrategy");
    if (strategy != u"jwt" && strategy != u"database")
        differences.add(QStringLiteral("sessionStrategy: \"%1\" is not a known word").arg(strategy));
    profile.strategy = strategy == u"jwt" ? session::Strategy::Jwt : session::Strategy::Database;
    if (const auto secret = options.maybeText(u"secret"))
        profile.secrets = secretsOf({*secret});
    profile.cookieName = options.maybeText(u"cookieName").value_or(QStringLiteral("authjs.session-token")).toUtf8();
    if (result.mode == u"local") {
        profile.basePath = options.text(u"basePath").toUtf8();
        return;
    }
    profile.basePath = options.text(u"localBasePath").toUtf8();
    if (const auto target = options.maybeText(u"targetBasePath"))
        result.targetBasePath = target->toUtf8();
    result.staticHeaders = headersOf(options.maybeValue(u"headers"));
}

Case caseOf(Fields &vector, Differences &differences)
{
    Case result;
    result.mode = vector.text(u"mode");
    result.clock = std::make_shared<const base::FixedClock>(vector.instant(u"now"));
    result.profile->trustHost = vector.maybeFlag(u"trustHost").value_or(true);
    result.db = vector.maybeValue(u"db");
    result.upstream = vector.maybeValue(u"upstream");
    const JsonValue *input = vector.maybeValue(u"input");
    result.hasInput = input != nullptr;
    result.input = headersOf(input);
    if (result.mode == u"local" || result.mode == u"proxy")
        readOptions(result, vector.object(u"options"), differences);
    else if (result.mode != u"none")
        differences.add(QStringLiteral("mode \"%1\" is not a known word").arg(result.mode));
    return result;
}

/// The vector's upstream: an answer, or a connection that fails.
base::Result<http::HttpResponse> answerOf(const JsonValue &upstream)
{
    if (upstream.string())
        return base::fail(base::Error(base::ErrorCode::ConnectRefused));
    http::HttpResponse response;
    const JsonValue *status = upstream.find(u"status");
    response.status = status && status->number() ? static_cast<int>(*status->number()) : 0;
    response.headers = headersOf(upstream.find(u"headers"));
    if (const JsonValue *body = upstream.find(u"body"); body && body->string())
        response.body = body->string()->toUtf8();
    return response;
}

/// Configures @p runtime as the case says, with fresh data.
void configure(SessionRuntime &runtime, const Case &vector, Seen &seen, Differences &differences)
{
    base::Status status;
    if (vector.mode == u"local") {
        engine::LocalRuntime local;
        local.profile = vector.profile;
        local.baseUrl = vector.baseUrl;
        local.effects = engine::Effects::Apply;
        local.clock = vector.clock;
        if (vector.db) {
            local.openAdapter = [&vector, &seen](const base::Call &) -> base::Result<std::unique_ptr<engine::Adapter>> {
                auto adapter = std::make_unique<test::VectorAdapter>(*vector.db);
                seen.adapter = adapter.get();
                return adapter;
            };
        }
        status = runtime.configureLocal(std::move(local));
    } else if (vector.mode == u"proxy") {
        engine::ProxyRuntime proxy;
        proxy.profile = vector.profile;
        proxy.options.baseUrl = QUrl(QString::fromUtf8(vector.baseUrl));
        proxy.options.targetBasePath = vector.targetBasePath;
        proxy.options.headers = vector.staticHeaders;
        proxy.options.fetch = [&vector, &seen](const http::HttpRequest &request, const base::Call &) {
            seen.requests.push_back(request);
            return answerOf(vector.upstream ? *vector.upstream : JsonValue());
        };
        proxy.clock = vector.clock;
        status = runtime.configureProxy(std::move(proxy));
    }
    if (!status)
        differences.add(QStringLiteral("not configured: %1").arg(base::errorName(status.error().code)));
}

/// Compares what came with `{returns}` or `{throws}`. What the package throws in proxy mode is our null with its reason
/// (no network, no JSON); else it is an error. An empty object is a null here.
template <typename Result>
void compareOutcome(const QString &what, const Case &vector, const base::Result<Result> &actual,
                    const std::optional<QByteArray> &json, Fields outcome, Differences &differences)
{
    if (const JsonValue *throws = outcome.maybeValue(u"throws")) {
        const JsonValue *name = throws->find(u"name");
        const bool noSecret = name && name->string() && *name->string() == u"Error";
        if (vector.mode != u"proxy" || noSecret) {
            differences.compare(what + u" is an error", !actual.has_value(), true);
            return;
        }
        const auto expected = name && name->string() && *name->string() == u"SyntaxError"
                                  ? session::NullReason::ProxyNotJson
                                  : session::NullReason::ProxyNetworkError;
        const auto reason = actual ? actual->reason : std::nullopt;
        differences.compare(what, reason ? session::nullReasonName(*reason) : QStringLiteral("no reason"),
                            session::nullReasonName(expected));
        return;
    }
    if (!actual) {
        differences.add(QStringLiteral("%1: error %2").arg(what, base::errorName(actual.error().code)));
        return;
    }
    const QByteArray returned = jose::printJson(outcome.value(u"returns"));
    differences.compare(what, json.value_or(QByteArrayLiteral("null")),
                        returned == "{}" ? QByteArrayLiteral("null") : returned);
    differences.compare(what + u" has a reason", actual->reason.has_value(), !json.has_value());
}

/// The pieces of a Cookie header that hold the session cookie.
QByteArray sessionCookies(const QByteArray &header, const QByteArray &name)
{
    QByteArrayList kept;
    for (const QByteArray &piece : header.split(';')) {
        if (piece.trimmed().startsWith(name))
            kept << piece.trimmed();
    }
    return kept.join("; ");
}

void compareRequests(const Case &vector, const Seen &seen, const JsonValue::Array &expected, Differences &differences)
{
    differences.compare(QStringLiteral("upstreamRequests"), static_cast<qint64>(seen.requests.size()),
                        static_cast<qint64>(expected.size()));
    for (std::size_t i = 0; i < std::min(expected.size(), seen.requests.size()); ++i) {
        const QString what = QStringLiteral("upstreamRequests[%1]").arg(i);
        const http::HttpRequest &request = seen.requests.at(i);
        Fields fields(expected.at(i), what, differences);
        differences.compare(what + u".method", request.method, fields.text(u"method").toUtf8());
        differences.compare(what + u".url", request.url.toEncoded(), fields.text(u"url").toUtf8());
        // Our client never follows a redirect.
        differences.compare(what + u".redirect", fields.text(u"redirect"), QStringLiteral("manual"));
        const auto headers = headersOf(&fields.value(u"headers"));
        // Of the request's own cookies we send fewer; configured ones are sent as they stand.
        const QByteArray cookie = http::headerValue(headers, "cookie");
        const bool isConfigured = !http::headerValue(vector.staticHeaders, "cookie").isEmpty();
        differences.compare(what + u".cookie", http::headerValue(request.headers, "cookie"),
                            isConfigured ? cookie : sessionCookies(cookie, vector.profile->cookieName));
    }
}

} // namespace

void checkRuntime(Fields &vector, const JsonValue &, Differences &differences)
{
    const Case input = caseOf(vector, differences);
    const auto request = input.hasInput ? engine::RequestHeaders::fromList(input.input) : engine::RequestHeaders();
    Fields expected = vector.object(u"expected");
    {
        Seen seen;
        SessionRuntime runtime;
        configure(runtime, input, seen, differences);
        const auto session = runtime.getServerSession(request, {});
        compareOutcome(QStringLiteral("getServerSession"), input, session, session ? session->session : std::nullopt,
                       expected.object(u"getServerSession"), differences);
        compareRequests(input, seen, expected.array(u"upstreamRequests"), differences);
        differences.compare(QStringLiteral("adapterCalls"),
                            seen.adapter ? seen.adapter->calls() : JsonValue(JsonValue::Array()),
                            JsonValue(expected.array(u"adapterCalls")));
    }
    Seen seen;
    SessionRuntime runtime;
    configure(runtime, input, seen, differences);
    const auto token = runtime.getToken(request, false, {});
    compareOutcome(QStringLiteral("getToken"), input, token, token ? token->json : std::nullopt,
                   expected.object(u"getToken"), differences);
    differences.compare(QStringLiteral("getTokenUpstreamRequests"), static_cast<qint64>(seen.requests.size()),
                        static_cast<qint64>(expected.number(u"getTokenUpstreamRequests")));
    const auto raw = runtime.getToken(request, true, {});
    std::optional<QByteArray> text;
    if (raw && raw->raw)
        text = jose::printJson(JsonValue(QString::fromLatin1(raw->raw->view())));
    compareOutcome(QStringLiteral("getTokenRaw"), input, raw, text, expected.object(u"getTokenRaw"), differences);
}

} // namespace rollcall::conformance
