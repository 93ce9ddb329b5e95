#pragma once

#include <QByteArray>

#include <vector>

#include "core/base/Clock.h"
#include "core/base/Result.h"

namespace rollcall::audit {

/// A tar archive (POSIX ustar) of a few files, made in memory by libarchive. **Thread-safety:** reentrant.
class TarFile final
{
public:
    /// @p time is that of all files.
    explicit TarFile(base::Instant time) : m_time(time) {}

    /// Adds a file with mode 0644.
    void add(QByteArray name, QByteArray content) { m_files.push_back({std::move(name), std::move(content)}); }

    /// The archive's bytes. Errors: Internal (libarchive's words).
    [[nodiscard]] base::Result<QByteArray> finish() const;

private:
    struct File
    {
        QByteArray name;
        QByteArray content;
    };
    base::Instant m_time;
    std::vector<File> m_files;
};

} // namespace rollcall::audit
