#pragma once

#include <QStringList>
#include <QUrl>

#include <memory>

#include "core/base/Call.h"

namespace rollcall::demo {

/// What kind of demo to start.
struct DemoOptions
{
    QString dir;         ///< made where absent; empty: a temporary one, removed at the end
    quint16 port = 0;    ///< of the database deployment; 0: a free one. The JWT deployment always takes a free one
    int sessions = 4000; ///< rows, all states; 1 … 1 000 000. Without effect where @ref dir already holds a demo
    quint64 seed = 1;    ///< the same seed makes the same people
};

/// Where the demo is. Paths are absolute.
struct DemoInfo
{
    QString dir;
    QUrl baseUrl;          ///< deployment with the database strategy
    QUrl jwtBaseUrl;       ///< the same application with the JWT strategy
    QString databaseUrl;   ///< "sqlite:PATH"
    QString secretFile;    ///< AUTH_SECRET of both deployments, mode 0600
    QString keyFile;       ///< for Rollcall's own keys on a machine without keychain; made by its first use
    QString cookieFile;    ///< Cookie header value of the demo visitor's session, mode 0600
    QString jwtCookieFile; ///< the same for the JWT deployment
    QStringList routes;    ///< of both deployments, lightest first
};

/// The embedded demo: two loopback HTTP deployments that answer as Auth.js v5 does, over one SQLite database with
/// made-up people and sessions. Everything lies in one directory, open to its owner alone; workspace, keys and audit
/// log of whoever uses the demo belong there too. A directory that holds a demo already is used as it is.
/// **Thread-safety:** start(), stop() and the destructor on one thread; info() from any.
class DemoDeployment final
{
public:
    /// Makes what is missing and begins to serve; blocks (under a second for 4,000 sessions).
    /// Errors: UsageInvalid (sessions, port), FileUnwritable, FileUnreadable, FileFormatInvalid (a `demo.db` that is
    /// not ours), DiskFull, SchemaNotFound and those of store::openStore(), Timeout, Cancelled.
    [[nodiscard]] static base::Result<std::unique_ptr<DemoDeployment>> start(const DemoOptions &options,
                                                                             const base::Call &call);
    /// As stop(); then removes a temporary directory.
    ~DemoDeployment();
    DemoDeployment(const DemoDeployment &) = delete;
    DemoDeployment &operator=(const DemoDeployment &) = delete;

    [[nodiscard]] const DemoInfo &info() const;

    /// Closes both ports and waits for requests under way. Safe to call twice.
    void stop();

private:
    class Private;
    explicit DemoDeployment(std::unique_ptr<Private> implementation);
    std::unique_ptr<Private> d;
};

} // namespace rollcall::demo
