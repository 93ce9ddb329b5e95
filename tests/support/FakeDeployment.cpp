#include "tests/support/FakeDeployment.h"

#include <QCryptographicHash>

namespace rollcall::test {

using session::AuthVersion;

namespace {

/// The value of cookie @p name in a Cookie header; empty where absent.
QByteArray cookieValue(const QByteArray &header, const QByteArray &name)
{
    const QList<QByteArray> pieces = header.split(';');
    for (const QByteArray &piece : pieces) {
        const QByteArray pair = piece.trimmed();
        if (pair.startsWith(QByteArray(name + '=')))
            return pair.mid(name.size() + 1);
    }
    return {};
}

} // namespace

FakeDeployment::FakeDeployment(Options options)
    : m_options(std::move(options)),
      m_server([this](const ScriptedServer::Request &request) { return answer(request); })
{}

QByteArray FakeDeployment::cookieName() const
{
    const QByteArray name = m_options.version == AuthVersion::V4 ? "next-auth.session-token" : "authjs.session-token";
    return (m_options.secure ? QByteArray("__Secure-") : QByteArray()) + name;
}

QList<QByteArray> FakeDeployment::tokensAsked() const
{
    QList<QByteArray> tokens;
    for (const ScriptedServer::Request &request : m_server.requests()) {
        if (const QByteArray token = cookieValue(request.header("cookie"), cookieName()); !token.isEmpty())
            tokens << token;
    }
    return tokens;
}

Reply FakeDeployment::answer(const ScriptedServer::Request &request) const
{
    if (m_options.instead) {
        if (auto reply = m_options.instead(request))
            return *reply;
    }
    QByteArray head = m_options.date.isEmpty() ? QByteArray() : "Date: " + m_options.date + "\r\n";
    const QByteArray line = request.requestLine();
    if (line.startsWith("GET /api/auth/csrf ")) {
        const QByteArray token(64, 'a');
        const QByteArray hash =
            QCryptographicHash::hash(QByteArray(token + m_options.secret), QCryptographicHash::Sha256).toHex();
        head += "Set-Cookie: " + QByteArray(m_options.secure ? "__Host-" : "") +
                (m_options.version == AuthVersion::V4 ? "next-auth" : "authjs") + ".csrf-token=" + token + "%7C" +
                hash + "; Path=/; HttpOnly; SameSite=Lax\r\n";
        return Reply::http(200, "{\"csrfToken\":\"" + token + "\"}", "application/json", head);
    }
    if (line.startsWith("GET /api/auth/providers "))
        return Reply::http(200, "{\"github\":{\"id\":\"github\"},\"oidc\":{\"id\":\"oidc\"}}", "application/json",
                           head);
    if (!line.startsWith("GET /api/auth/session "))
        return Reply::http(404, "<html>not found</html>", "text/html", head);
    const QByteArray token = cookieValue(request.header("cookie"), cookieName());
    if (!token.isEmpty() && m_options.isLive(token))
        return Reply::http(200, "{\"user\":{\"name\":\"Ada\"},\"expires\":\"2099-01-01T00:00:00.000Z\"}",
                           "application/json", head);
    if (!token.isEmpty() && m_options.clearsCookies)
        head += "Set-Cookie: " + cookieName() + "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax\r\n";
    return Reply::http(200, m_options.version == AuthVersion::V4 ? "{}" : "null", "application/json", head);
}

} // namespace rollcall::test
