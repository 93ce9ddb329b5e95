#pragma once

#include <QObject>
#include <QStringList>
#include <QUrl>

#include <functional>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/base/Result.h"
#include "core/http/HttpClient.h"

namespace rollcall::latency {

/// Where routes to measure can be read from.
enum class RouteSource {
    List,    ///< a path a line
    Build,   ///< a Next.js build folder
    Har,     ///< what a browser recorded
    Sitemap, ///< a sitemap file
};

/// How the deployment's own sitemap is asked for.
struct SitemapRequest
{
    QUrl url;
    http::HttpOptions options;
};

/// Reads routes away from the GUI thread. **Thread-safety:** GUI thread only; never blocks.
class RouteImport final : public QObject
{
    Q_OBJECT

public:
    explicit RouteImport(QObject *parent = nullptr);
    ~RouteImport() override;

    /// Reads @p path as @p source. Of a HAR, calls to @p sessionPath are audited. One of the signals follows.
    void read(RouteSource source, const QString &path, const QString &sessionPath);
    /// Asks for a sitemap and reads that. One of the signals follows.
    void fetch(const SitemapRequest &request);
    /// More routes than these are left out: a run has a cell for each with each mode.
    static constexpr qsizetype mostRoutes = 12;

Q_SIGNALS:
    /// Routes that can be asked for as they stand; @p remark says what was left out, and what a HAR's navigations cost.
    void ready(const QStringList &routes, const QString &remark);
    void failed(const rollcall::base::Error &error);

private:
    struct Found;
    using Reading = std::function<base::Status(Found &found, std::stop_token stop)>;
    void begin(Reading reading);

    async::Mailbox m_mailbox;
    async::Worker m_worker;
};

} // namespace rollcall::latency
