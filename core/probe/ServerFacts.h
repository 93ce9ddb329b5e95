#pragma once

#include <QByteArray>
#include <QJsonObject>

#include <map>
#include <optional>

#include "core/http/HttpConnection.h"
#include "core/probe/ScopeWatch.h"

namespace rollcall::probe {

/// Who answered a run: what TLS came to, and what the headers of answers say of the server, its region, deployment and
/// caches. Nothing that names a single request, and never the session's token.
/// **Source:** facts/latency-method.md §1.9. **Thread-safety:** one thread at a time.
class ServerFacts final
{
public:
    /// What the newest handshake came to.
    void note(const http::TlsFacts &facts) { m_tls = facts; }
    /// The headers of one answer; to be called for some, as of the first on each connection.
    void note(const http::HeaderList &headers, const ScopeWatch &watch);

    /// `{"tls":{"protocol","cipher","alpn"}|null,"headers":{name:[values, as they were first seen]}}`.
    [[nodiscard]] QJsonObject toJson() const;

private:
    std::optional<http::TlsFacts> m_tls;
    std::map<QByteArray, std::vector<QByteArray>> m_headers; ///< by name in lower case
};

} // namespace rollcall::probe
