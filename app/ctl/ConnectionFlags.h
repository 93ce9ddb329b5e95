#pragma once

#include <functional>

#include "app/ctl/Arguments.h"
#include "core/deployment/ConnectionConfig.h"
#include "core/workspace/Workspace.h"

namespace rollcall::ctl {

/// The flags that every command takes: those that say how to connect, and --format, --timeout, --now, --help.
[[nodiscard]] const std::vector<Flag> &commonFlags();
/// Groups of the common flags of which at most one may be given.
[[nodiscard]] const std::vector<QStringList> &commonExclusive();

/// Where a warning for people goes (one line, no secrets).
using Warn = std::function<void(const QString &)>;

/// The part of the connection flags that must make sense for every command: read before anything else is done.
struct CommonOptions
{
    std::chrono::milliseconds timeout{10'000}; ///< bound of each network or database operation
    std::optional<base::Instant> now;          ///< a fixed clock
    QString keyFile;
    bool readOnly = false;

    /// Errors: UsageInvalid.
    [[nodiscard]] static base::Result<CommonOptions> from(const Arguments &arguments);
};

/// What the flags say of a connection, read but not parsed.
struct ConnectionParts
{
    workspace::ConnectionProfile profile;
    workspace::ConnectionSecrets secrets;
    std::optional<base::Error> baseUrlError; ///< deployment::ConnectionConfig::baseUrlError
};

/// Profile and secrets as saved connection, env file and single flags say, the flags winning. Reads the named files and
/// environment variables; contacts nothing. @p vault (borrowed, may be null) holds the secrets of saved connections.
/// Warnings: a password on the command line, files with secrets that others may read, warnings of the env file.
/// Errors: UsageInvalid, UnknownConnection, FileUnreadable, FileFormatInvalid and those of the vault.
[[nodiscard]] base::Result<ConnectionParts>
readConnectionFlags(const Arguments &arguments, const workspace::Workspace &workspace,
                    const std::function<base::SecretVault *()> &vault, const base::Call &call, const Warn &warn);

} // namespace rollcall::ctl
