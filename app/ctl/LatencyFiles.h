#pragma once

#include <stop_token>

#include "core/base/DurableFile.h"
#include "core/probe/RunDocument.h"

namespace rollcall::ctl {

/// Reads the run document at @p path ("-": standard input). Errors: those of readInputFile(), FileFormatInvalid.
[[nodiscard]] base::Result<probe::RunDocument> readRun(const QString &path, const std::stop_token &stop);

/// Reads what `latency propagation` answered as JSON. Errors: likewise.
[[nodiscard]] base::Result<probe::Revocations> readRevocations(const QString &path, const std::stop_token &stop);

/// Writes @p bytes to @p path, whole or not at all, for whom the umask lets read it. Errors: FileUnwritable (Part
/// "existing": @p onto), DiskFull.
[[nodiscard]] base::Status writeOutputFile(const QString &path, const QByteArray &bytes,
                                           base::Onto onto = base::Onto::Anything);

} // namespace rollcall::ctl
