#include "app/ctl/LatencyFiles.h"

#include <QJsonDocument>

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

base::Status writeOutputFile(const QString &path, const QByteArray &bytes, base::Onto onto)
{
    return base::replaceFile(path, bytes, base::ErrorCode::FileUnwritable, onto, base::Readers::AsUsual);
}

} // namespace rollcall::ctl
