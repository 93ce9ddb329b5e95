#include "ui/common/SmallFile.h"

#include <QCoreApplication>
#include <QFile>

namespace rollcall::common {

base::Result<QByteArray> readSmallFile(const QString &path, qint64 most)
{
    const auto unreadable = [&path](const QString &why) {
        return base::fail(base::Error(base::ErrorCode::FileUnreadable)
                              .with(base::ErrorParam::Path, path)
                              .with(base::ErrorParam::Detail, why));
    };
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return unreadable(file.errorString());
    const QByteArray content = file.read(most + 1); // its size may not be known beforehand, or change
    if (file.error() != QFileDevice::NoError)
        return unreadable(file.errorString());
    if (content.size() > most)
        return unreadable(QCoreApplication::translate("SmallFile", "larger than %1 MiB").arg(most >> 20));
    return content;
}

} // namespace rollcall::common
