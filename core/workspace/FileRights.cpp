#include "core/workspace/FileRights.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace rollcall::workspace {

bool othersMayRead(const QString &path)
{
    const QFileInfo info(path);
    return info.exists() && info.permissions().testAnyFlags(QFile::ReadGroup | QFile::ReadOther);
}

bool makePrivateFolder(const QString &path)
{
    if (QFileInfo(path).isDir())
        return true;
    return QDir().mkpath(path) && QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

} // namespace rollcall::workspace
