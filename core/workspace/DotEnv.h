#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <map>

#include "core/base/Result.h"
#include "core/base/Secret.h"

namespace rollcall::workspace {

/// The variables of a `.env` text as a Next.js deployment would see them. **Thread-safety:** reentrant value.
struct DotEnv
{
    std::map<QByteArray, base::SecretBytes> values; ///< the last assignment of a name wins; any value may be a secret
    QStringList notes;                              ///< for people: lines passed over; no values

    /// The value of @p name; null where it is not assigned (an empty value counts as assigned).
    [[nodiscard]] const base::SecretBytes *find(const QByteArray &name) const;

    /// Reads @p text (1 MiB at most). @p origin names the file in errors.
    /// Errors: FileFormatInvalid (binary content; no assignment at all).
    /// **Source:** dotenv 16 (lib/main.js, the LINE expression) and dotenv-expand 10, which @next/env bundles: `#` ends
    /// an unquoted value, only `\n` and `\r` are escapes and only in double quotes, any quoted value may span lines,
    /// `$NAME`, `${NAME}` and `${NAME:-default}` are expanded from the rightmost on, `\$` is a dollar sign.
    [[nodiscard]] static base::Result<DotEnv> parse(const QByteArray &text, const QString &origin);
};

} // namespace rollcall::workspace
