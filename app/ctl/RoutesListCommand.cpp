#include <QJsonArray>
#include <QJsonObject>

#include "app/ctl/Commands.h"
#include "app/ctl/InputFile.h"
#include "app/ctl/MatcherFlags.h"
#include "core/routes/NavigationAudit.h"
#include "core/routes/NextBuild.h"
#include "core/routes/RouteList.h"
#include "core/routes/SitemapPages.h"

namespace rollcall::ctl {

namespace {

QString named(const QString &path)
{
    return path == QLatin1String("-") ? QStringLiteral("standard input") : path;
}

base::Result<QByteArray> fetchSitemap(const Context &context, const QUrl &url)
{
    http::HttpOptions options;
    options.caFile = context.arguments().value(QStringLiteral("ca-file")).value_or(QString());
    options.timeout = context.options().timeout;
    return routes::fetchSitemap(url, std::move(options), context.call());
}

base::Status addSitemap(Context &context, const QString &where, routes::RouteList &list)
{
    const bool remote = where.startsWith(QLatin1String("http://")) || where.startsWith(QLatin1String("https://"));
    const auto xml = remote ? fetchSitemap(context, QUrl(where)) : readInputFile(where, context.stop());
    if (!xml)
        return base::fail(xml.error());
    const auto sitemap = routes::readSitemap(*xml, named(where));
    if (!sitemap)
        return base::fail(sitemap.error());
    const QUrl site = sitemap->pages.empty() ? QUrl() : sitemap->pages.front();
    if (remote && !sitemap->pages.empty() && !routes::isOfHost(site, QUrl(where)))
        context.output().warn(
            QStringLiteral("The pages are of %1, not of %2.").arg(site.authority(), QUrl(where).authority()));
    const int elsewhere = routes::addPages(*sitemap, site, list);
    if (elsewhere > 0)
        context.output().warn(QStringLiteral("%1 pages of other hosts than %2 are left out.")
                                  .arg(QString::number(elsewhere), site.host()));
    if (!sitemap->sitemaps.empty()) {
        QStringList names;
        for (const QUrl &url : sitemap->sitemaps)
            names << url.toDisplayString();
        context.output().warn(QStringLiteral("This is an index; read its sitemaps one by one: %1.")
                                  .arg(names.join(QStringLiteral(", "))));
    }
    return {};
}

base::Status addList(const QString &path, routes::RouteList &list)
{
    const auto lines = readLines(path);
    if (!lines)
        return base::fail(lines.error());
    for (const QString &line : *lines) {
        if (line.startsWith(QLatin1Char('#')))
            continue;
        if (!line.startsWith(QLatin1Char('/'))) {
            return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                                  .with(base::ErrorParam::Path, named(path))
                                  .with(base::ErrorParam::Detail, QStringLiteral("a path begins with a slash")));
        }
        list.add(line, QStringLiteral("list"));
    }
    return {};
}

/// Where the libraries' clients ask for the session.
QString sessionPathOf(const Arguments &arguments)
{
    const bool betterAuth = arguments.value(QStringLiteral("auth-version")) == QStringLiteral("better-auth");
    return arguments.value(QStringLiteral("base-path")).value_or(QStringLiteral("/api/auth")) +
           (betterAuth ? QStringLiteral("/get-session") : QStringLiteral("/session"));
}

double milliseconds(std::chrono::nanoseconds duration)
{
    return static_cast<double>(duration.count()) / 1e6;
}

QJsonArray auditOf(const routes::HarRoutes &found)
{
    QJsonArray navigations;
    for (const routes::Navigation &navigation : found.navigations) {
        navigations.append(QJsonObject{{QStringLiteral("path"), navigation.path},
                                       {QStringLiteral("at"), base::toIso(navigation.startedAt)},
                                       {QStringLiteral("documentMs"), milliseconds(navigation.documentTime)},
                                       {QStringLiteral("sessionCalls"), navigation.sessionCalls},
                                       {QStringLiteral("sessionMs"), milliseconds(navigation.sessionTime)},
                                       {QStringLiteral("longestSessionMs"), milliseconds(navigation.longestSession)},
                                       {QStringLiteral("failedSessionCalls"), navigation.failedSessionCalls}});
    }
    return navigations;
}

QString sentenceOf(const routes::HarRoutes &found)
{
    int calls = 0;
    std::chrono::nanoseconds time{0};
    for (const routes::Navigation &navigation : found.navigations) {
        calls += navigation.sessionCalls;
        time += navigation.sessionTime;
    }
    return QStringLiteral("%1 navigations made %2 session calls, which took %3 ms in all.")
        .arg(found.navigations.size())
        .arg(calls)
        .arg(milliseconds(time), 0, 'f', 1);
}

class RoutesListCommand final : public Command
{
public:
    CommandSpec spec() const override
    {
        std::vector<Flag> flags{
            {QStringLiteral("har"), QStringLiteral("FILE"),
             QStringLiteral("routes that a browser asked for, and the session calls of each navigation")},
            {QStringLiteral("sitemap"), QStringLiteral("FILE|URL"), QStringLiteral("pages of a sitemap")},
            {QStringLiteral("list"), QStringLiteral("FILE"), QStringLiteral("paths, one a line")}};
        const std::vector<Flag> matchers = matcherFlags();
        flags.insert(flags.end(), matchers.begin(), matchers.end());
        return {{QStringLiteral("routes"), QStringLiteral("list")},
                {},
                false,
                QStringLiteral("routes of a deployment, and which of them its middleware covers"),
                std::move(flags),
                {}};
    }

    Outcome run(Context &context) const override
    {
        const Arguments &arguments = context.arguments();
        const auto har = arguments.value(QStringLiteral("har"));
        const auto sitemap = arguments.value(QStringLiteral("sitemap"));
        const auto paths = arguments.value(QStringLiteral("list"));
        if (!har && !sitemap && !paths && !arguments.has(buildFlag()))
            return Outcome::failed(
                usageError({}, QStringLiteral("Name where the routes are from: --build, --har, --sitemap or --list.")));
        const auto build = readBuild(arguments);
        if (!build)
            return Outcome::failed(build.error());
        const auto patterns = readMatchers(arguments, *build);
        if (!patterns)
            return Outcome::failed(patterns.error());

        routes::RouteList list;
        if (*build) {
            for (const QString &route : (*build)->routes)
                list.add(route, QStringLiteral("build"));
        }
        std::optional<routes::HarRoutes> audit;
        if (har) {
            auto read = readHarRoutes(context, *har);
            if (!read)
                return Outcome::failed(read.error());
            for (const QString &path : read->paths)
                list.add(path, QStringLiteral("har"));
            audit = std::move(*read);
        }
        if (sitemap) {
            if (const auto added = addSitemap(context, *sitemap, list); !added) {
                Outcome outcome = Outcome::failed(added.error());
                // A sitemap that is not there is no answer to the question which routes there are.
                if (added.error().code == base::ErrorCode::DeploymentStatus)
                    outcome.exit = static_cast<int>(base::ExitClass::Connect);
                return outcome;
            }
        }
        if (paths) {
            if (const auto added = addList(*paths, list); !added)
                return Outcome::failed(added.error());
        }
        if (const auto judged = list.protect(*patterns); !judged)
            return Outcome::failed(judged.error());
        return answerOf(context, list, audit);
    }

private:
    static base::Result<routes::HarRoutes> readHarRoutes(Context &context, const QString &path)
    {
        const auto bytes = readInputFile(path, context.stop());
        if (!bytes)
            return base::fail(bytes.error());
        const auto entries = http::readHar(*bytes, named(path));
        if (!entries)
            return base::fail(entries.error());
        return routes::auditNavigations(*entries, sessionPathOf(context.arguments()));
    }

    static Outcome answerOf(Context &context, const routes::RouteList &list,
                            const std::optional<routes::HarRoutes> &audit)
    {
        if (list.leftOut() > 0)
            context.output().warn(QStringLiteral("More than %1 routes: %2 are left out.")
                                      .arg(routes::RouteList::mostRoutes)
                                      .arg(list.leftOut()));
        Answer answer;
        answer.list.emplace();
        answer.list->key = QStringLiteral("routes");
        answer.list->columns = {QStringLiteral("path"), QStringLiteral("protectedBy"), QStringLiteral("source")};
        for (const routes::ListedRoute &route : list.routes()) {
            JsonRecord record;
            record.add(QStringLiteral("path"), route.path)
                .add(QStringLiteral("protectedBy"), orNull(route.protectedBy))
                .add(QStringLiteral("source"), route.source);
            answer.list->elements.push_back(std::move(record));
        }
        if (audit) {
            answer.members.add(QStringLiteral("navigations"), auditOf(*audit))
                .add(QStringLiteral("sessionCallsBefore"), audit->sessionCallsBefore);
            answer.note = sentenceOf(*audit);
        }
        if (list.routes().empty())
            return Outcome::no(std::move(answer), QStringLiteral("These sources name no route."));
        return Outcome::done(std::move(answer));
    }
};

} // namespace

std::unique_ptr<const Command> makeRoutesList()
{
    return std::make_unique<RoutesListCommand>();
}

} // namespace rollcall::ctl
