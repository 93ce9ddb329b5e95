#pragma once

#include <QFile>

#include <atomic>

#include "app/ctl/Answer.h"
#include "core/base/Result.h"

namespace rollcall::ctl {

enum class Format { Table, Json, Ndjson, Csv };

/// Writes answers to standard output in the format asked for, and warnings and errors to standard error.
/// **Thread-safety:** warn() and progress() from any thread; the rest belongs to one thread.
class OutputWriter final
{
public:
    /// @p format nullopt: table on a terminal, else JSON.
    explicit OutputWriter(std::optional<Format> format);

    [[nodiscard]] Format format() const { return m_format; }

    /// Writes all there is to write of @p outcome: its answer, its error; and, once, that standard output cannot be
    /// written. Errors: FileUnwritable (standard output, now or before).
    [[nodiscard]] base::Status write(const Outcome &outcome);

    /// Writes one line of JSON at once, whatever the format: for answers that come one by one. Errors: FileUnwritable.
    [[nodiscard]] base::Status line(const JsonRecord &record);

    /// Writes @p text as it is. Errors: FileUnwritable.
    [[nodiscard]] base::Status text(const QString &text);

    /// One line on standard error that does not end the command.
    void warn(const QString &message);

    /// What is being done, on standard error and only on a terminal: overwrites itself.
    void progress(const QString &message);

private:
    [[nodiscard]] base::Status put(const QByteArray &bytes);
    [[nodiscard]] base::Status render(const Outcome &outcome);
    void complain(const QString &message);
    void clearProgress();

    Format m_format;
    std::atomic<bool> m_progressShown = false;
    QFile m_out;
    std::optional<base::Error> m_lost; ///< why nothing more can be written
};

/// The format named @p name; nullopt for any other text.
[[nodiscard]] std::optional<Format> formatNamed(const QString &name);

} // namespace rollcall::ctl
