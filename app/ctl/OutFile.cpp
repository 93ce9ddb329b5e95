#include "app/ctl/OutFile.h"

#include <QFile>
#include <QFileInfo>

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "app/ctl/LatencyFiles.h"
#include "core/base/FileError.h"
#include "core/redis/RedisUrl.h"
#include "core/store/sql/DatabaseUrl.h"
#include "core/workspace/EnvFile.h"

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

/// Where a file written to @p path comes to lie, links followed; empty where there is no such folder, or more links
/// than are followed.
QString placeOf(QString path)
{
    constexpr int mostLinks = 40; // as the system follows
    for (int i = 0; i < mostLinks && QFileInfo(path).isSymLink(); ++i)
        path = QFileInfo(path).symLinkTarget();
    const QFileInfo file(path);
    const QString folder = QFileInfo(file.absolutePath()).canonicalFilePath();
    return folder.isEmpty() || file.isSymLink() ? QString() : folder + QLatin1Char('/') + file.fileName();
}

/// Which file is at @p path, and as of when; empty where there is none.
QByteArray standingAt(const QString &path)
{
    struct stat file = {};
    if (::lstat(QFile::encodeName(path).constData(), &file) != 0)
        return {};
    QByteArray text;
    for (const qint64 part : {qint64(file.st_dev), qint64(file.st_ino), qint64(file.st_size),
                              qint64(file.st_mtim.tv_sec), qint64(file.st_mtim.tv_nsec)})
        text += QByteArray::number(part) + ' ';
    return text;
}

/// The @p number -th name beside @p path: "run-2.json".
QString besideName(const QString &path, int number)
{
    const QFileInfo file(path);
    const QString name = QStringLiteral("%1-%2").arg(file.completeBaseName()).arg(number);
    const QString end = file.suffix().isEmpty() ? QString() : QLatin1Char('.') + file.suffix();
    return file.absolutePath() + QLatin1Char('/') + name + end;
}

/// Whether two names are of one file that is there.
bool isSameFile(const QString &one, const QString &other)
{
    struct stat first = {};
    struct stat second = {};
    return ::stat(QFile::encodeName(one).constData(), &first) == 0 &&
           ::stat(QFile::encodeName(other).constData(), &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/// What the database and the cache at the addresses of @p profile are read from or proven by: a file of rows,
/// certificates and keys. An address that cannot be read names none.
QStringList filesOf(const workspace::ConnectionProfile &profile)
{
    QStringList paths{profile.caFile};
    if (const auto database = store::DatabaseUrl::parse(profile.database.toUtf8())) {
        paths << database->sslRootCert << database->sslCert << database->sslKey;
        if (database->kind == store::DatabaseKind::Sqlite)
            paths << database->database;
        if (database->redis)
            paths << database->redis->certificate.certificate << database->redis->certificate.key;
    }
    if (const auto cache = redis::RedisUrl::parse(profile.cache.toUtf8()))
        paths << cache->certificate.certificate << cache->certificate.key;
    return paths;
}

/// The files that the connection of @p context names: the saved one's, the env file's, the flags'. What of these cannot
/// be read is said where they are used.
QStringList filesOfConnection(Context &context)
{
    const Arguments &arguments = context.arguments();
    QStringList paths;
    if (const auto name = arguments.value(QStringLiteral("connection"))) {
        if (const auto saved = context.workspace().profile(*name))
            paths << filesOf(*saved);
    } else if (const auto file = arguments.value(QStringLiteral("env-file"))) {
        if (const auto imported = workspace::importEnvFile(*file))
            paths << filesOf(imported->profile);
    }
    const auto address = [&arguments](const QString &flag) {
        const auto variable = arguments.value(flag + QStringLiteral("-env"));
        return variable ? qEnvironmentVariable(qPrintable(*variable)) : arguments.value(flag).value_or(QString());
    };
    workspace::ConnectionProfile flags;
    flags.database = address(QStringLiteral("database"));
    flags.cache = address(QStringLiteral("cache"));
    return paths << filesOf(flags);
}

/// Whether the command reads what lies, or will lie, at @p place: a key file is made where there is none yet.
bool isRead(Context &context, const QString &place)
{
    const Arguments &arguments = context.arguments();
    QStringList paths = arguments.filesRead() + filesOfConnection(context);
    if (!arguments.has(QStringLiteral("key-file")))
        paths << qEnvironmentVariable("ROLLCALL_KEY_FILE");
    return std::ranges::any_of(paths, [&place](const QString &path) {
        return !path.isEmpty() && path != QStringLiteral("-") && (placeOf(path) == place || isSameFile(path, place));
    });
}

/// The first bytes of the file at @p path; nullopt where it is none that can be read.
std::optional<QByteArray> beginOf(const QString &path)
{
    QFile file(path);
    if (!QFileInfo(path).isFile() || !file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return file.read(OutTarget::mostRead);
}

bool isDatabase(const std::optional<QByteArray> &begin)
{
    return begin && begin->startsWith("SQLite format 3");
}

/// Whether a file at @p place belongs to a database beside it, which would take it for what it wrote there itself.
bool isPartOfDatabase(const QString &place)
{
    return std::ranges::any_of(std::array{"-wal", "-shm", "-journal"}, [&place](const char *end) {
        const QLatin1StringView suffix(end);
        return place.endsWith(suffix) && isDatabase(beginOf(place.chopped(suffix.size())));
    });
}

/// What of a file that begins with @p begin may never be replaced; empty: nothing.
QString whyKept(const std::optional<QByteArray> &begin)
{
    if (!begin)
        return QStringLiteral("what stands there cannot be read, and would be lost");
    if (isDatabase(begin))
        return QStringLiteral("it is a database");
    return begin->startsWith("rollcall-keys ") ? QStringLiteral("it is a key file") : QString();
}

/// Where --out, which is @p path, leads. Errors: FileUnwritable.
base::Result<OutTarget> targetOf(Context &context, const QString &path, Existing existing, IsOwnKind isOwnKind)
{
    const QString place = placeOf(path);
    const QFileInfo folder(QFileInfo(place).absolutePath());
    if (place.isEmpty() && QFileInfo(path).isSymLink())
        return base::fail(refused(path, QStringLiteral("it is a link that leads nowhere"), "kept"));
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
    // Whether or not anything is there yet: both are files that others write.
    if (isRead(context, place))
        return base::fail(refused(path, QStringLiteral("this command reads it, and it would be lost"), "kept"));
    if (isPartOfDatabase(place))
        return base::fail(refused(path, QStringLiteral("it belongs to the database beside it"), "kept"));
    const QFileInfo file(place);
    const bool isAsked = existing == Existing::Replaced || context.arguments().has(overwriteName);
    if (!file.exists())
        return OutTarget{place, isAsked ? base::Onto::Anything : base::Onto::Nothing};
    if (!file.isFile())
        return base::fail(refused(path, QStringLiteral("what stands there is no file"), "kept"));
    const OutTarget there{place, base::Onto::Anything, standingAt(place)};
    if (file.size() == 0) // as mktemp makes it, to be filled
        return there;
    const auto begin = beginOf(place);
    if (const QString why = whyKept(begin); !why.isEmpty())
        return base::fail(refused(path, why, "kept"));
    if (!isAsked && !(isOwnKind && isOwnKind(*begin)))
        return base::fail(refused(path, QStringLiteral("a file stands there, and would be lost"), "existing"));
    return there;
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

base::Result<std::optional<OutTarget>> outFile(Context &context, Existing existing, IsOwnKind isOwnKind)
{
    const auto path = context.arguments().value(outName);
    if (!path && context.arguments().has(overwriteName))
        return base::fail(usageError(QStringLiteral("--overwrite"), QStringLiteral("goes with --out alone")));
    if (!path)
        return std::nullopt;
    if (path->isEmpty())
        return base::fail(usageError(QStringLiteral("--out"), QStringLiteral("wants the path of a file")));
    auto target = targetOf(context, *path, existing, isOwnKind);
    if (!target)
        return base::fail(std::move(target.error()));
    return std::optional(std::move(*target));
}

base::Result<OutTarget> neededOutFile(Context &context, IsOwnKind isOwnKind)
{
    auto target = outFile(context, Existing::Kept, isOwnKind);
    if (!target)
        return base::fail(std::move(target.error()));
    if (!*target)
        return base::fail(usageError(QStringLiteral("--out"), QStringLiteral("is needed: it says where to write")));
    return std::move(**target);
}

base::Status writeMeasured(Context &context, const OutTarget &target, const QByteArray &bytes)
{
    constexpr int mostBeside = 1'000;
    const QByteArray standing = standingAt(target.path);
    if (!standing.isEmpty() && standing == target.stood)
        return writeOutputFile(target.path, bytes);
    // Free from the begin, or by now, or a name beside it.
    for (int number = 1; number <= mostBeside; ++number) {
        const QString path = number == 1 ? target.path : besideName(target.path, number);
        if (!standingAt(path).isEmpty())
            continue;
        if (auto written = writeOutputFile(path, bytes, base::Onto::Nothing); !written) {
            if (written.error().param(base::ErrorParam::Part) == QStringLiteral("existing"))
                continue; // since this moment
            return written;
        }
        if (number > 1) {
            context.output().warn(QStringLiteral("What stands at %1 was written while this measured, and stays; the "
                                                 "document is in %2.")
                                      .arg(target.path, path));
        }
        return {};
    }
    return base::fail(refused(target.path, QStringLiteral("files stand there and beside it"), "existing"));
}

} // namespace rollcall::ctl
