#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <stop_token>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Secret.h"

namespace rollcall::ctl {

/// Reads the file at @p path, or standard input where it is "-"; 64 MiB at most. What is read may be secret: the caller
/// wipes it. Errors: FileUnreadable, FileFormatInvalid (too long), Cancelled.
[[nodiscard]] base::Result<QByteArray> readInputFile(const QString &path, const std::stop_token &stop = {});

/// The lines of a text file, trimmed, without empty and repeated ones. Errors: as readInputFile().
[[nodiscard]] base::Result<QStringList> readLines(const QString &path);

/// The secrets of a secret file, one a line: line ends are stripped, nothing else is; empty lines are none.
[[nodiscard]] std::vector<base::SecretBytes> secretLines(const QByteArray &text);

/// The Cookie request header value that a cookie file holds: a leading `Cookie:` and the line end are dropped; an empty
/// file is a request without cookies. Errors: as readInputFile(), and FileFormatInvalid for more than one line, and for
/// what is plainly something else than a Cookie header's value.
[[nodiscard]] base::Result<base::SecretBytes> readCookieFile(const QString &path, const std::stop_token &stop);

/// Standard input line by line, as the lines arrive, given up as soon as the stop token is triggered.
/// **Thread-safety:** one object in the process, one thread.
class InputLines final
{
public:
    explicit InputLines(std::stop_token stop) : m_stop(std::move(stop)) {}

    /// The next line without its line end, empty lines left out; nullopt at the end. Blocks until there is one.
    /// Errors: Cancelled, FileUnreadable, FileFormatInvalid (a line above 8 MiB).
    [[nodiscard]] base::Result<std::optional<QByteArray>> next();

private:
    [[nodiscard]] base::Status fill();

    std::stop_token m_stop;
    QByteArray m_buffer;
    bool m_ended = false;
};

} // namespace rollcall::ctl
