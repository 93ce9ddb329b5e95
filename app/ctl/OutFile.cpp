#include "app/ctl/OutFile.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

#include "core/base/FileError.h"

namespace rollcall::ctl {

namespace {

constexpr QLatin1StringView outName("out");
constexpr QLatin1StringView overwriteName("overwrite");

/// @p part chooses the remedy: "existing" is replaced where that is asked for, "kept" never.
base::Error refused(const QString &path, const QString &why, const char *part)
{
    return base::fileError(base::ErrorCode::FileUnwritable, path, why)
        .with(base::ErrorParam::Part, QString::fromLatin1(part));
}

/// Where a file written to @p path comes to lie, links followed; empty where there is no such folder.
QString placeOf(QString path)
{
    constexpr int mostLinks = 40; // as the system follows
    for (int i = 0; i < mostLinks && QFileInfo(path).isSymLink(); ++i)
        path = QFileInfo(path).symLinkTarget();
    const QFileInfo file(path);
    const QString folder = QFileInfo(file.absolutePath()).canonicalFilePath();
    return folder.isEmpty() ? QString() : folder + QLatin1Char('/') + file.fileName();
}

bool isRead(const Arguments &arguments, const QString &place)
{
    QStringList paths{arguments.argument()};
    for (const char *flag : {"env-file", "secret-file", "key-file", "ca-file", "map", "cookie-file", "users-file",
                             "routes", "revocations"})
        paths << arguments.values(QLatin1StringView(flag));
    return std::ranges::any_of(paths,
                               [&place](const QString &path) { return !path.isEmpty() && placeOf(path) == place; });
}

/// What of @p path may never be replaced; empty: nothing.
QString whyKept(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return QStringLiteral("what stands there cannot be read, and would be lost");
    const QByteArray begin = file.read(16);
    if (begin.startsWith("SQLite format 3"))
        return QStringLiteral("it is a database");
    return begin.startsWith("rollcall-keys ") ? QStringLiteral("it is a key file") : QString();
}

base::Status mayWrite(Context &context, const QString &path, Existing existing)
{
    const QFileInfo file(path);
    const QString place = placeOf(path);
    const QFileInfo folder(QFileInfo(place).absolutePath());
    if (place.isEmpty() || !folder.isDir())
        return base::fail(
            base::fileError(base::ErrorCode::FileUnwritable, path, QStringLiteral("there is no such folder")));
    if (!folder.isWritable())
        return base::fail(
            base::fileError(base::ErrorCode::FileUnwritable, path, QStringLiteral("its folder cannot be written")));
    const workspace::Folders &ours = context.workspace().folders();
    for (const QString &own : {ours.data, ours.config, ours.state}) {
        const QString root = QFileInfo(own).canonicalFilePath();
        if (!root.isEmpty() && place.startsWith(root + QLatin1Char('/')))
            return base::fail(refused(
                path, QStringLiteral("it lies where Rollcall keeps the audit log, connections and operations itself"),
                "kept"));
    }
    if (!file.exists())
        return {};
    if (!file.isFile())
        return base::fail(refused(path, QStringLiteral("what stands there is no file"), "kept"));
    if (file.size() == 0) // as mktemp makes it, to be filled
        return {};
    if (isRead(context.arguments(), place))
        return base::fail(refused(path, QStringLiteral("this command reads it, and it would be lost"), "kept"));
    if (const QString why = whyKept(path); !why.isEmpty())
        return base::fail(refused(path, why, "kept"));
    if (existing == Existing::Kept && !context.arguments().has(overwriteName))
        return base::fail(refused(path, QStringLiteral("a file stands there, and would be lost"), "existing"));
    return {};
}

} // namespace

std::vector<Flag> outFlags(const QString &help, Existing existing)
{
    std::vector<Flag> flags{{outName, QStringLiteral("FILE"), help}};
    if (existing == Existing::Kept)
        flags.push_back(
            {overwriteName, {}, QStringLiteral("replace the file that --out names; else it stays (exit 2)")});
    return flags;
}

base::Result<std::optional<QString>> outFile(Context &context, Existing existing)
{
    auto path = context.arguments().value(outName);
    if (!path && context.arguments().has(overwriteName))
        return base::fail(usageError(QStringLiteral("--overwrite"), QStringLiteral("goes with --out alone")));
    if (path && path->isEmpty())
        return base::fail(usageError(QStringLiteral("--out"), QStringLiteral("wants the path of a file")));
    if (path) {
        if (auto allowed = mayWrite(context, *path, existing); !allowed)
            return base::fail(std::move(allowed.error()));
    }
    return path;
}

base::Result<QString> neededOutFile(Context &context)
{
    auto path = outFile(context);
    if (!path)
        return base::fail(std::move(path.error()));
    if (!*path)
        return base::fail(usageError(QStringLiteral("--out"), QStringLiteral("is needed: it says where to write")));
    return std::move(**path);
}

} // namespace rollcall::ctl
