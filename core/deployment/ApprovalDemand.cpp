#include "core/deployment/ApprovalDemand.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace rollcall::deployment {

using store::DatabaseKind;
using store::DatabaseUrl;

namespace {

QString fileOf(const DatabaseUrl &database)
{
    const QFileInfo file(database.database);
    return file.exists() ? file.canonicalFilePath() : file.absoluteFilePath();
}

bool isSameDatabase(const DatabaseUrl &left, const DatabaseUrl &right)
{
    if (left.kind != right.kind)
        return false;
    if (left.kind == DatabaseKind::Sqlite)
        return fileOf(left) == fileOf(right);
    if (left.kind == DatabaseKind::Redis)
        return left.withoutPassword() == right.withoutPassword();
    return left.host.compare(right.host, Qt::CaseInsensitive) == 0 && left.port == right.port &&
           left.database == right.database;
}

} // namespace

bool isApprovalDemanded(const std::vector<workspace::ConnectionProfile> &saved, const DatabaseUrl &database)
{
    return std::ranges::any_of(saved, [&](const workspace::ConnectionProfile &profile) {
        if (!profile.needsApproval)
            return false;
        const auto its = DatabaseUrl::parse(profile.database.trimmed().toUtf8(), QDir::currentPath());
        return its && isSameDatabase(*its, database);
    });
}

} // namespace rollcall::deployment
