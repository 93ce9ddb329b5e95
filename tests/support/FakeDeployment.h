#pragma once

#include <QByteArray>

#include <functional>
#include <memory>

#include "core/session/AuthProfile.h"
#include "tests/support/ScriptedServer.h"

namespace rollcall::test {

/// The auth endpoints of a deployment with database sessions, as observed on real ones (csrf, session, providers), over
/// a ScriptedServer. Which tokens are live is asked of the test. **Thread-safety:** @p isLive is called on server
/// threads.
class FakeDeployment final
{
public:
    struct Options
    {
        session::AuthVersion version = session::AuthVersion::V5;
        bool secure = false;          ///< cookies with prefix
        QByteArray secret = "s3cret"; ///< makes the csrf hash
        QByteArray date;              ///< Date header; empty: none
        bool clearsCookies = true;    ///< clears a recognised cookie it refuses
        std::function<bool(const QByteArray &token)> isLive = [](const QByteArray &) { return false; };
        /// Answers instead, where it returns something.
        std::function<std::optional<Reply>(const ScriptedServer::Request &)> instead;
    };

    explicit FakeDeployment(Options options);

    [[nodiscard]] QString origin() const { return m_server.url(QString()).toString(); }
    [[nodiscard]] const ScriptedServer &server() const { return m_server; }
    /// The tokens that session was asked with, in order.
    [[nodiscard]] QList<QByteArray> tokensAsked() const;

private:
    [[nodiscard]] Reply answer(const ScriptedServer::Request &request) const;
    [[nodiscard]] QByteArray cookieName() const;

    Options m_options;
    ScriptedServer m_server;
};

} // namespace rollcall::test
