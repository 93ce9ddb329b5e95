#pragma once

#include <QByteArray>
#include <QString>

#include <span>

#include "core/probe/RunDocument.h"

namespace rollcall::latency {

/// A file that a run can be written as.
struct RunExport
{
    const char *id;       ///< "html"
    const char *word;     ///< for a menu; translated by wordOf()
    const char *fileName; ///< a suggestion
    QByteArray (*write)(const probe::RunDocument &document);
};

/// All of them, in the order of the menu.
[[nodiscard]] std::span<const RunExport> runExports();

/// @p document as @p write makes it, with @p revocations beside it where there are any.
[[nodiscard]] QByteArray exported(const probe::RunDocument &document,
                                  const std::optional<probe::Revocations> &revocations,
                                  QByteArray (*write)(const probe::RunDocument &document));

/// The menu's word for @p format.
[[nodiscard]] QString wordOf(const RunExport &format);

} // namespace rollcall::latency
