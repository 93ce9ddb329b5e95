#pragma once

#include <QString>
#include <QStringList>

#include "core/base/Result.h"
#include "ui/common/Theme.h"

namespace rollcall::app {

/// What was asked for when the desktop application was started.
struct DesktopOptions
{
    bool demo = false;                            ///< `--demo`: open the embedded demo deployment
    QString envFile;                              ///< `--env-file FILE`: begin with the connection it describes
    QString keyFile;                              ///< `--key-file FILE`: takes the keychain's place
    std::optional<common::Appearance> appearance; ///< `--appearance light|dark|system`; absent: as last chosen

    /// Reads @p arguments (the program's name first). `--help` and `--version` print and end the process.
    /// Errors: UsageInvalid.
    [[nodiscard]] static base::Result<DesktopOptions> parse(const QStringList &arguments);
};

} // namespace rollcall::app
