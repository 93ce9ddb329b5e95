#include "core/probe/RunArchive.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSet>

#include <simdjson.h>

#include "core/base/FileError.h"
#include "core/probe/ReportText.h"

namespace rollcall::probe {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::Result;

namespace {

constexpr qint64 largestFile = 64 * 1024 * 1024;
constexpr int numberWidth = 4;

/// The number in "run-0014.json"; 0 for any other name.
int numberOf(const QString &fileName)
{
    static const QRegularExpression pattern(QStringLiteral("^run-(\\d{1,9})\\.json$"));
    return pattern.match(fileName).captured(1).toInt();
}

QString nameOf(int number)
{
    return QStringLiteral("run-%1.json").arg(number, numberWidth, 10, QLatin1Char('0'));
}

Result<QByteArray> readWhole(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    if (file.size() > largestFile)
        return base::fail(
            base::fileError(ErrorCode::FileUnreadable, path, QStringLiteral("larger than any run document")));
    return file.readAll();
}

QString textOf(const simdjson::dom::element &parent, std::string_view key)
{
    std::string_view text;
    return parent[key].get(text) == simdjson::SUCCESS
               ? QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()))
               : QString();
}

/// The head of a run document, or nullopt where it is none.
std::optional<SavedRun> headOf(simdjson::dom::parser &parser, const QByteArray &json)
{
    simdjson::dom::element root;
    simdjson::dom::array cells;
    const auto size = static_cast<std::size_t>(json.size());
    if (parser.parse(json.constData(), size).get(root) != simdjson::SUCCESS ||
        textOf(root, "schema") != QLatin1String(RunDocument::schemaName) ||
        root["cells"].get(cells) != simdjson::SUCCESS)
        return std::nullopt;
    SavedRun run;
    QSet<QString> routes;
    QSet<QString> modes;
    for (const simdjson::dom::element cell : cells) {
        routes.insert(textOf(cell, "route"));
        modes.insert(textOf(cell, "mode"));
        ++run.cells;
    }
    run.routes = static_cast<int>(routes.size());
    run.modes = static_cast<int>(modes.size());
    simdjson::dom::element meta;
    if (root["meta"].get(meta) == simdjson::SUCCESS) {
        run.startedAt = base::parseTime(textOf(meta, "startedAt"), base::Instant{}).value_or(base::Instant{});
        run.tool = textOf(meta, "tool");
        int64_t samples = 0;
        if (meta["samples"].get(samples) == simdjson::SUCCESS)
            run.samples = samples;
    }
    const QString reason = textOf(root, "stopReason");
    for (const StopReason each : {StopReason::Samples, StopReason::Duration, StopReason::Interval, StopReason::Guard,
                                  StopReason::Saturated, StopReason::Cancelled}) {
        if (stopReasonName(each) == reason)
            run.stopReason = each;
    }
    return run;
}

} // namespace

QString runsBelow(const QString &state, const QString &connection)
{
    // A name may hold what a file name cannot; its hash cannot collide with another's.
    const QByteArray hash = QCryptographicHash::hash(connection.toUtf8(), QCryptographicHash::Sha256).toHex();
    return state + QStringLiteral("/latency/") + QString::fromLatin1(hash.left(16));
}

SavedRun summaryOf(const RunDocument &document, const QString &path)
{
    SavedRun run;
    run.path = path;
    run.number = numberOf(QFileInfo(path).fileName());
    run.startedAt = startOf(document);
    QSet<QString> routes;
    QSet<int> modes;
    for (const CellResult &cell : document.cells) {
        routes.insert(cell.id.route);
        modes.insert(static_cast<int>(cell.id.mode));
    }
    run.routes = static_cast<int>(routes.size());
    run.modes = static_cast<int>(modes.size());
    run.cells = static_cast<int>(document.cells.size());
    run.samples = document.meta.value(QStringLiteral("samples")).toInteger();
    run.stopReason = document.stopReason;
    run.tool = document.meta.value(QStringLiteral("tool")).toString();
    return run;
}

Result<SavedRun> saveRun(const QString &folder, const RunDocument &document)
{
    QDir dir(folder);
    const auto failed = [&folder](const QString &detail) {
        return base::fail(
            Error(ErrorCode::FileUnwritable).with(ErrorParam::Path, folder).with(ErrorParam::Detail, detail));
    };
    if (!dir.mkpath(QStringLiteral(".")))
        return failed(QStringLiteral("the folder cannot be made"));
    // Routes and addresses of a deployment are nobody else's business.
    if (!QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
        return failed(QStringLiteral("it cannot be kept from others"));
    int last = 0;
    for (const QString &name : dir.entryList({QStringLiteral("run-*.json")}, QDir::Files))
        last = std::max(last, numberOf(name));
    // Another window may save a run at this moment: who makes the file has its number.
    constexpr int mostTries = 100;
    const int end = last + mostTries;
    QFile place(dir.filePath(nameOf(++last)));
    while (!place.open(QIODevice::WriteOnly | QIODevice::NewOnly)) {
        if (!place.exists() || last == end)
            return failed(place.errorString());
        place.setFileName(dir.filePath(nameOf(++last)));
    }
    place.close();
    const QString path = place.fileName();
    QSaveFile file(path);
    const QByteArray json = document.toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit()) {
        place.remove();
        return failed(file.errorString());
    }
    return summaryOf(document, path);
}

Result<std::vector<SavedRun>> listRuns(const QString &folder, const base::Call &call)
{
    std::vector<SavedRun> runs;
    const QDir dir(folder);
    if (!dir.exists())
        return runs;
    if (!dir.isReadable())
        return base::fail(base::fileError(ErrorCode::FileUnreadable, folder, QStringLiteral("no right to list it")));
    QStringList names = dir.entryList({QStringLiteral("run-*.json")}, QDir::Files);
    std::sort(names.begin(), names.end(), [](const QString &a, const QString &b) { return numberOf(a) > numberOf(b); });
    simdjson::dom::parser parser;
    for (const QString &name : names.mid(0, mostListedRuns)) {
        if (auto go = call.check(QStringLiteral("runs")); !go)
            return base::fail(std::move(go.error()));
        const auto json = readWhole(dir.filePath(name));
        auto head = json ? headOf(parser, *json) : std::nullopt;
        if (!head)
            continue;
        head->path = dir.filePath(name);
        head->number = numberOf(name);
        runs.push_back(std::move(*head));
    }
    return runs;
}

} // namespace rollcall::probe
