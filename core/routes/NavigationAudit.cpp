#include "core/routes/NavigationAudit.h"

#include <QHash>

#include <algorithm>

namespace rollcall::routes {

namespace {

bool isDocument(const http::HarEntry &entry)
{
    if (entry.method != "GET" || (entry.status >= 300 && entry.status < 400))
        return false; // the page that a redirect leads to is the navigation
    if (!entry.resourceType.isEmpty())
        return entry.resourceType == QLatin1String("document");
    return entry.mimeType == QLatin1String("text/html");
}

/// Files that the framework or a folder serves: no route of the application.
bool isStatic(const http::HarEntry &entry)
{
    static const QStringList types{QStringLiteral("image"),    QStringLiteral("font"),  QStringLiteral("stylesheet"),
                                   QStringLiteral("script"),   QStringLiteral("media"), QStringLiteral("manifest"),
                                   QStringLiteral("texttrack")};
    const QString path = entry.url.path();
    if (path.startsWith(QLatin1String("/_next/")) || types.contains(entry.resourceType))
        return true;
    static const QStringList mimes{QStringLiteral("text/css"), QStringLiteral("text/javascript"),
                                   QStringLiteral("application/javascript")};
    return mimes.contains(entry.mimeType) || entry.mimeType.startsWith(QLatin1String("image/")) ||
           entry.mimeType.startsWith(QLatin1String("font/"));
}

bool sameOrigin(const QUrl &a, const QUrl &b)
{
    return a.scheme() == b.scheme() && a.authority() == b.authority();
}

} // namespace

HarRoutes auditNavigations(std::span<const http::HarEntry> entries, const QString &sessionPath)
{
    HarRoutes found;
    const auto first = std::find_if(entries.begin(), entries.end(), isDocument);
    if (entries.empty())
        return found;
    const QUrl origin = first == entries.end() ? entries.front().url : first->url;
    QHash<QString, std::size_t> byPage;
    for (const http::HarEntry &entry : entries) {
        if (!sameOrigin(entry.url, origin) || isStatic(entry))
            continue;
        const QString path = entry.url.path(QUrl::FullyEncoded);
        const QString shown = path.isEmpty() ? QStringLiteral("/") : path;
        if (!found.paths.contains(shown))
            found.paths << shown;
        if (isDocument(entry)) {
            // A frame within a page is a document as well; the first of a page is the navigation.
            if (entry.page.isEmpty() || !byPage.contains(entry.page)) {
                byPage.insert(entry.page, found.navigations.size());
                found.navigations.push_back({shown, entry.startedAt, entry.duration, 0, {}, {}, 0});
            }
            continue;
        }
        if (path != sessionPath || entry.method != "GET")
            continue;
        if (found.navigations.empty()) {
            ++found.sessionCallsBefore;
            continue;
        }
        const bool known = !entry.page.isEmpty() && byPage.contains(entry.page);
        Navigation &navigation = found.navigations[known ? byPage.value(entry.page) : found.navigations.size() - 1];
        ++navigation.sessionCalls;
        navigation.sessionTime += entry.duration;
        navigation.longestSession = std::max(navigation.longestSession, entry.duration);
        navigation.failedSessionCalls += entry.status == 0 || entry.status >= 400 ? 1 : 0;
    }
    return found;
}

} // namespace rollcall::routes
