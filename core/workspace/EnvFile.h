#pragma once

#include "core/base/Result.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::workspace {

/// What a deployment's own `.env` says about how to connect to it.
struct EnvImport
{
    ConnectionProfile profile;
    ConnectionSecrets secrets;               ///< of every library, with who reads which
    QStringList notes;                       ///< for people: which variables were used; no values
    QStringList warnings;                    ///< for people: which were passed over, or hide others, and why; no values
    std::optional<base::Error> baseUrlError; ///< why the deployment's address is none although a variable gives one
};

/// Reads a `.env` text (dotenv rules: comments, export, quotes, escapes in double quotes, multi-line double quotes,
/// ${VAR} expansion within the file) and fills a profile: DATABASE_URL, else POSTGRES_URL, POSTGRES_PRISMA_URL,
/// DIRECT_URL; AUTH_SECRET, NEXTAUTH_SECRET, BETTER_AUTH_SECRETS, BETTER_AUTH_SECRET, AUTH_SECRET_1..3 as the
/// libraries read them (facts/session-protocol.md §6, §8.5); AUTH_URL, NEXTAUTH_URL, BETTER_AUTH_URL; REDIS_URL,
/// UPSTASH_REDIS_REST_URL/_TOKEN, KV_REST_API_URL/_TOKEN. The process environment is not read.
/// @p origin names the file in errors; relative SQLite paths are resolved against its folder.
/// Errors: FileFormatInvalid (Line).
[[nodiscard]] base::Result<EnvImport> importEnv(const QByteArray &text, const QString &origin);

/// importEnv() of the file at @p path. Errors: FileUnreadable, FileFormatInvalid. Blocks on the file alone (1 MiB at
/// most).
[[nodiscard]] base::Result<EnvImport> importEnvFile(const QString &path);

} // namespace rollcall::workspace
