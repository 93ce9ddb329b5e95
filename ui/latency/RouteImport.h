#pragma once

#include <QObject>
#include <QStringList>
#include <QUrl>

#include <functional>
#include <optional>

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

/// How a sitemap is asked for.
struct SitemapRequest
{
    QUrl url;
    http::HttpOptions options;
};

/// What routes are to be measured on.
struct MeasuredSite
{
    std::optional<QUrl> baseUrl; ///< nullopt: it has no address
    QString sessionPath;         ///< where its clients ask for the session
};

/// Reads routes away from the GUI thread. **Thread-safety:** GUI thread only; never blocks.
class RouteImport final : public QObject
{
    Q_OBJECT

public:
    struct Found; ///< of RouteImport.cpp alone

    explicit RouteImport(QObject *parent = nullptr);
    ~RouteImport() override;

    /// Reads @p path as @p source. Of a HAR, calls to the session path of @p site are audited. One of the signals
    /// follows.
    void read(RouteSource source, const QString &path, const MeasuredSite &site);
    /// Asks for a sitemap and reads that. One of the signals follows.
    void fetch(const SitemapRequest &request, const MeasuredSite &site);
    /// More routes than these are left out: a run has a cell for each with each mode.
    static constexpr qsizetype mostRoutes = 12;

Q_SIGNALS:
    /// Routes that can be asked for as they stand; @p remark says what was left out, and what a HAR's navigations cost.
    /// Where @p otherHost is not empty, they are of a sitemap that names no page of the site, but pages of that host:
    /// whether the site has them too is for somebody to say.
    void ready(const QStringList &routes, const QString &remark, const QString &otherHost);
    void failed(const rollcall::base::Error &error);

private:
    using Reading = std::function<base::Status(Found &found, std::stop_token stop)>;
    void begin(Reading reading);

    async::Mailbox m_mailbox;
    async::Worker m_worker;
};

} // namespace rollcall::latency
