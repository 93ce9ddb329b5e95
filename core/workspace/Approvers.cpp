#include "core/workspace/Approvers.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/DurableFile.h"
#include "core/base/FileLock.h"

namespace rollcall::workspace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr qint64 largestFile = 1 << 20;
constexpr int formatVersion = 1;

QString pathIn(const QString &config)
{
    return config + QStringLiteral("/approvers.json");
}

base::Result<QJsonObject> read(const QString &config)
{
    QFile file(pathIn(config));
    if (!file.exists())
        return QJsonObject();
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(Error(ErrorCode::FileUnreadable)
                              .with(ErrorParam::Path, file.fileName())
                              .with(ErrorParam::Detail, file.errorString()));
    const QJsonObject json = QJsonDocument::fromJson(file.read(largestFile)).object();
    if (json.value(QStringLiteral("format")) != QStringLiteral("rollcall-approvers") ||
        json.value(QStringLiteral("version")) != formatVersion)
        return base::fail(Error(ErrorCode::FileFormatInvalid)
                              .with(ErrorParam::Path, file.fileName())
                              .with(ErrorParam::Detail, QStringLiteral("it lists no approvers")));
    return json.value(QStringLiteral("connections")).toObject();
}

} // namespace

base::Result<QStringList> readApprovers(const QString &config, const QString &name)
{
    const auto connections = read(config);
    if (!connections)
        return base::fail(connections.error());
    QStringList approvers;
    const QJsonArray listed = connections->value(name).toArray();
    for (const auto &approver : listed)
        approvers << approver.toString();
    return approvers;
}

base::Status writeApprovers(const QString &config, const QString &name, const QStringList &approvers,
                            const base::Call &call)
{
    const QString path = pathIn(config);
    const base::FileLock lock(QDir().mkpath(config) ? path + QStringLiteral(".lock") : path, call);
    if (!lock.isHeld())
        return base::fail(Error(ErrorCode::FileUnwritable)
                              .with(ErrorParam::Path, path)
                              .with(ErrorParam::Detail, QStringLiteral("it cannot be locked")));
    auto connections = read(config);
    if (!connections)
        return base::fail(connections.error());
    if (approvers.isEmpty() && !connections->contains(name))
        return {};
    if (approvers.isEmpty())
        connections->remove(name);
    else
        connections->insert(name, QJsonArray::fromStringList(approvers));
    return base::replaceFile(path,
                             QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("rollcall-approvers")},
                                                       {QStringLiteral("version"), formatVersion},
                                                       {QStringLiteral("connections"), *connections}})
                                 .toJson(),
                             ErrorCode::FileUnwritable);
}

} // namespace rollcall::workspace
