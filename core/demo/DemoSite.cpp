#include "core/demo/DemoSite.h"

#include "core/base/Log.h"
#include "core/demo/DemoPages.h"

namespace rollcall::demo {

namespace {

constexpr char html[] = "text/html; charset=utf-8";
constexpr char json[] = "application/json";

DemoAnswer answerOf(int status, const QByteArray &type, const QByteArray &body)
{
    return {status, {{QByteArrayLiteral("Content-Type"), type}}, body};
}

bool isGuarded(const QByteArray &path)
{
    return path == "/dashboard" || path == "/api/orders" || path == "/reports";
}

QByteArray milliseconds(std::chrono::nanoseconds time)
{
    return QByteArray::number(static_cast<double>(time.count()) / 1e6, 'f', 3);
}

} // namespace

DemoSite::DemoSite(QUrl origin, std::shared_ptr<const session::AuthProfile> profile, DemoBackendPool &backends)
    : m_auth(std::move(origin), std::move(profile)), m_backends(backends)
{}

QStringList DemoSite::routes()
{
    return {QStringLiteral("/api/health"), QStringLiteral("/"),          QStringLiteral("/api/me"),
            QStringLiteral("/api/orders"), QStringLiteral("/dashboard"), QStringLiteral("/reports")};
}

DemoAnswer DemoSite::answer(const http::HttpMessage &request, const base::Call &call)
{
    const QByteArray path = requestPath(request);
    if (m_auth.owns(path) && !m_auth.isSession(request))
        return m_auth.other(request);
    if (request.method != "GET" && request.method != "HEAD")
        return answerOf(405, "text/plain", "Only GET and HEAD are served here.");
    if (path == "/api/health")
        return answerOf(200, json, "{\"status\":\"ok\"}");
    if (path == "/")
        return answerOf(200, html, homePage());
    if (!m_auth.owns(path) && path != "/api/me" && !isGuarded(path))
        return answerOf(404, "text/plain; charset=utf-8", "This page could not be found.");
    base::Result<DemoBackendPool::Lease> backend = m_backends.borrow(call);
    if (!backend) {
        qCWarning(base::log, "the demo's database cannot be reached: %s",
                  qPrintable(base::errorName(backend.error().code)));
        return answerOf(503, "text/plain; charset=utf-8", "The demo's database cannot be reached.");
    }
    return resolved(path, request, **backend, call);
}

DemoAnswer DemoSite::resolved(const QByteArray &path, const http::HttpMessage &request, DemoBackend &backend,
                              const base::Call &call) const
{
    const session::Resolution resolution = backend.resolver->resolve(cookieHeader(request), call);
    if (m_auth.isSession(request))
        return m_auth.session(request, resolution);
    if (path == "/api/me") {
        // auth() inside a route handler can neither clear nor renew the cookie.
        if (!resolution.hasSession())
            return answerOf(401, json, "{\"error\":\"unauthorized\"}");
        return answerOf(200, json, mePage(resolution));
    }
    if (!resolution.hasSession())
        return m_auth.toSignIn(request, resolution);
    return page(path, request, resolution, backend, call);
}

DemoAnswer DemoSite::page(const QByteArray &path, const http::HttpMessage &request,
                          const session::Resolution &resolution, DemoBackend &backend, const base::Call &call) const
{
    const auto begun = base::Call::Clock::now();
    PageContext context{resolution, *backend.tables, call};
    const bool isOrders = path == "/api/orders";
    const Page body = isOrders               ? ordersPage(context)
                      : path == "/dashboard" ? dashboardPage(context)
                                             : reportsPage(context);
    if (!body) {
        qCWarning(base::log, "a page of the demo failed: %s", qPrintable(base::errorName(body.error().code)));
        return answerOf(500, "text/plain; charset=utf-8", "The demo's database did not answer.");
    }
    DemoAnswer answer = answerOf(200, isOrders ? json : html, *body);
    const std::chrono::nanoseconds took = base::Call::Clock::now() - begun;
    answer.headers.emplace_back("Server-Timing", "session;dur=" + milliseconds(resolution.took) +
                                                     ", db;dur=" + milliseconds(context.queried) +
                                                     ", render;dur=" + milliseconds(took - context.queried));
    const http::HeaderList cookies = m_auth.cookies(request, resolution);
    answer.headers.insert(answer.headers.end(), cookies.begin(), cookies.end());
    return answer;
}

} // namespace rollcall::demo
