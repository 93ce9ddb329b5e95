#pragma once

#include <QUrl>

#include <memory>
#include <optional>
#include <vector>

#include "core/base/Secret.h"
#include "core/http/HttpConnection.h"

namespace rollcall::probe {

/// Tells where a run would leave what was allowed: an answer that redirects to another host, one that hands the
/// session's token to another origin, another certificate than at the begin. Of a body it sees what was kept of it
/// (ConnectionOptions::keepBody, 64 KiB), not what follows. **Source:** facts/latency-method.md §1.8.
/// **Thread-safety:** immutable.
class ScopeWatch final
{
public:
    /// @p traces: of the requests' session (tokenTraces()); null or empty: none is sent.
    ScopeWatch(QUrl origin, std::shared_ptr<const std::vector<base::SecretBytes>> traces);

    /// How @p exchange leaves it, for people; nullopt: it does not.
    [[nodiscard]] std::optional<QString> breachOf(const http::Exchange &exchange) const;
    /// Whether the token, or a piece of it, stands in @p text.
    [[nodiscard]] bool holdsToken(QByteArrayView text) const;

private:
    [[nodiscard]] bool leavesHost(const http::Exchange &exchange) const;
    [[nodiscard]] bool handsOver(QByteArrayView text, QByteArrayView trace) const;
    [[nodiscard]] bool isForeignAddress(QByteArrayView before) const;

    QUrl m_origin;
    std::shared_ptr<const std::vector<base::SecretBytes>> m_traces; ///< never null
};

} // namespace rollcall::probe
