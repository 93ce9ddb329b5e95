#include "core/routes/NextBuild.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

#include "core/base/FileError.h"

namespace rollcall::routes {

namespace {

constexpr qint64 largestManifest = qint64(64) * 1024 * 1024;

tl::unexpected<base::Error> unreadable(const QString &path, const QString &detail)
{
    return base::fail(base::fileError(base::ErrorCode::FileUnreadable, path, detail));
}

tl::unexpected<base::Error> invalid(const QString &path, const QString &detail)
{
    return base::fail(base::fileError(base::ErrorCode::FileFormatInvalid, path, detail));
}

/// The manifest at @p path; an empty object where there is no such file.
base::Result<QJsonObject> readManifest(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return QJsonObject{};
    if (!file.open(QIODevice::ReadOnly))
        return unreadable(path, file.errorString());
    if (file.size() > largestManifest)
        return invalid(path, QStringLiteral("larger than any manifest"));
    QJsonParseError problem;
    const QJsonDocument parsed = QJsonDocument::fromJson(file.readAll(), &problem);
    if (!parsed.isObject())
        return invalid(path, QStringLiteral("not a JSON object (%1)").arg(problem.errorString()));
    return parsed.object();
}

/// Next.js's own pages, and files beside the routes.
bool isInternal(const QString &path)
{
    static const QStringList own{QStringLiteral("/_app"),          QStringLiteral("/_document"),
                                 QStringLiteral("/_error"),        QStringLiteral("/_not-found"),
                                 QStringLiteral("/_global-error"), QStringLiteral("/404"),
                                 QStringLiteral("/500"),           QStringLiteral("/favicon.ico")};
    return own.contains(path);
}

std::optional<MatcherCondition> conditionFrom(const QJsonObject &json)
{
    MatcherCondition condition;
    const QString type = json.value(QStringLiteral("type")).toString();
    if (type == QLatin1String("header"))
        condition.kind = MatcherCondition::Kind::Header;
    else if (type == QLatin1String("cookie"))
        condition.kind = MatcherCondition::Kind::Cookie;
    else if (type == QLatin1String("query"))
        condition.kind = MatcherCondition::Kind::Query;
    else if (type == QLatin1String("host"))
        condition.kind = MatcherCondition::Kind::Host;
    else
        return std::nullopt;
    condition.key = json.value(QStringLiteral("key")).toString();
    if (json.value(QStringLiteral("value")).isString())
        condition.value = json.value(QStringLiteral("value")).toString();
    return condition;
}

/// Reads the matchers of one middleware. Errors: FileFormatInvalid.
base::Status addMatchers(const QString &path, const QJsonArray &list, NextBuild &build)
{
    build.hasMiddleware = true;
    for (const auto &value : list) {
        const QJsonObject json = value.toObject();
        MatcherSource source;
        source.source = json.value(QStringLiteral("originalSource")).toString();
        source.addsLocale = json.value(QStringLiteral("locale")) != QJsonValue(false);
        for (const auto &[key, target] : {std::pair{"has", &source.has}, std::pair{"missing", &source.missing}}) {
            for (const auto &each : json.value(QLatin1String(key)).toArray()) {
                const auto condition = conditionFrom(each.toObject());
                if (!condition)
                    return invalid(path, QStringLiteral("a matcher has a condition of an unknown type"));
                target->push_back(*condition);
            }
        }
        if (source.source.isEmpty())
            return invalid(path, QStringLiteral("a matcher has no originalSource"));
        const QString written = source.source;
        auto pattern = MatcherPattern::compile(std::move(source), {build.basePath, false});
        if (!pattern)
            return invalid(path, QStringLiteral("matcher %1: %2").arg(written, pattern.error().reason));
        build.matchers.push_back(std::move(*pattern));
    }
    return {};
}

base::Status readMiddleware(const QDir &folder, NextBuild &build)
{
    const QString edgePath = folder.filePath(QStringLiteral("server/middleware-manifest.json"));
    const auto edge = readManifest(edgePath);
    if (!edge)
        return base::fail(edge.error());
    const QJsonObject middleware = edge->value(QStringLiteral("middleware")).toObject();
    for (const auto &each : middleware) {
        const auto added = addMatchers(edgePath, each.toObject().value(QStringLiteral("matchers")).toArray(), build);
        if (!added)
            return added;
    }
    const QString nodePath = folder.filePath(QStringLiteral("server/functions-config-manifest.json"));
    const auto node = readManifest(nodePath);
    if (!node)
        return base::fail(node.error());
    const QJsonValue found = node->value(QStringLiteral("functions")).toObject().value(QStringLiteral("/_middleware"));
    if (!found.isObject())
        return {};
    return addMatchers(nodePath, found.toObject().value(QStringLiteral("matchers")).toArray(), build);
}

base::Status readRoutes(const QDir &folder, NextBuild &build)
{
    QStringList found;
    const auto app = readManifest(folder.filePath(QStringLiteral("app-path-routes-manifest.json")));
    if (!app)
        return base::fail(app.error());
    for (const auto &route : *app)
        found << route.toString();
    const auto pages = readManifest(folder.filePath(QStringLiteral("server/pages-manifest.json")));
    if (!pages)
        return base::fail(pages.error());
    found << pages->keys();
    for (QString &route : found) {
        if (!route.startsWith(QLatin1Char('/')) || isInternal(route))
            continue;
        if (!build.basePath.isEmpty())
            route = route == QLatin1String("/") ? build.basePath : QString(build.basePath + route);
        if (!build.routes.contains(route))
            build.routes << route;
    }
    std::sort(build.routes.begin(), build.routes.end());
    return {};
}

} // namespace

base::Result<NextBuild> readNextBuild(const QString &folder)
{
    QDir place(folder);
    if (!place.exists())
        return unreadable(folder, QStringLiteral("there is no such folder"));
    const QString name = QStringLiteral("routes-manifest.json");
    if (!place.exists(name) && place.exists(QStringLiteral(".next/") + name))
        place.cd(QStringLiteral(".next"));
    const QString path = place.filePath(name);
    if (!QFile::exists(path))
        return unreadable(path, QStringLiteral("it is not there: is this the .next folder of a finished build?"));
    const auto manifest = readManifest(path);
    if (!manifest)
        return base::fail(manifest.error());
    if (!manifest->value(QStringLiteral("version")).isDouble())
        return invalid(path, QStringLiteral("not a routes manifest of Next.js"));
    NextBuild build;
    build.basePath = manifest->value(QStringLiteral("basePath")).toString();
    if (auto read = readRoutes(place, build); !read)
        return base::fail(std::move(read.error()));
    if (auto read = readMiddleware(place, build); !read)
        return base::fail(std::move(read.error()));
    return build;
}

} // namespace rollcall::routes
