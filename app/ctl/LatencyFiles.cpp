#include "app/ctl/LatencyFiles.h"

#include <QSaveFile>

#include "app/ctl/InputFile.h"

namespace rollcall::ctl {

base::Result<probe::RunDocument> readRun(const QString &path, const std::stop_token &stop)
{
    const auto bytes = readInputFile(path, stop);
    if (!bytes)
        return base::fail(bytes.error());
    return probe::RunDocument::fromJson(*bytes, path == QLatin1String("-") ? QStringLiteral("standard input") : path);
}

base::Status writeOutputFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return {};
    return base::fail(base::Error(base::ErrorCode::FileUnwritable)
                          .with(base::ErrorParam::Path, path)
                          .with(base::ErrorParam::Detail, file.errorString()));
}

} // namespace rollcall::ctl
