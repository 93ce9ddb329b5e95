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

/// The menu's word for @p format.
[[nodiscard]] QString wordOf(const RunExport &format);

} // namespace rollcall::latency
