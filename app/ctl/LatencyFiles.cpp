#include "app/ctl/LatencyFiles.h"

#include <QJsonDocument>
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

base::Result<probe::Revocations> readRevocations(const QString &path, const std::stop_token &stop)
{
    const auto bytes = readInputFile(path, stop);
    if (!bytes)
        return base::fail(bytes.error());
    QString fault;
    const probe::JsonFields fields(QJsonDocument::fromJson(*bytes).object(), fault, QString());
    probe::Revocations revocations = probe::Revocations::fromJson(fields);
    if (fault.isEmpty())
        return revocations;
    return base::fail(
        base::Error(base::ErrorCode::FileFormatInvalid)
            .with(base::ErrorParam::Path, path)
            .with(base::ErrorParam::Detail, QStringLiteral("no answer of `latency propagation`: ") + fault));
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
