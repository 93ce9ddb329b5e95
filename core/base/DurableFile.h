#pragma once

#include <QByteArrayView>
#include <QString>

#include <memory>

#include "core/base/Result.h"

class QSaveFile;

namespace rollcall::base {

/// An open file descriptor, closed at the end of its scope. **Thread-safety:** one object, one thread.
class FileDescriptor final
{
public:
    /// open(2) of @p path with @p flags and O_CLOEXEC; a file that it makes has mode 0600.
    FileDescriptor(const QString &path, int flags);
    ~FileDescriptor();
    FileDescriptor(const FileDescriptor &) = delete;
    FileDescriptor &operator=(const FileDescriptor &) = delete;

    [[nodiscard]] bool isOpen() const { return m_fd >= 0; }
    [[nodiscard]] int get() const { return m_fd; }

private:
    int m_fd;
};

// Writing that is on disk when it returns. Errors of all: DiskFull (Path), else @p otherwise (Path, Detail: the
// system's words). Blocking on the disk. **Thread-safety:** thread-safe, as far as the files are different ones.

/// What errno says went wrong with @p path.
[[nodiscard]] Error systemError(const QString &path, ErrorCode otherwise);

/// Writes all of @p text at the end of @p file, which is open for appending, and syncs it. On failure the file is cut
/// back to @p size, so that no half line stays. @p path: for errors.
[[nodiscard]] Status appendAndSync(const FileDescriptor &file, const QString &path, QByteArrayView text, qint64 size,
                                   ErrorCode otherwise);

/// Cuts @p file to @p size bytes where it is longer.
[[nodiscard]] Status cutBack(const FileDescriptor &file, const QString &path, qint64 size, ErrorCode otherwise);

/// Syncs @p folder itself: a file that was made in it stays there.
[[nodiscard]] Status syncFolder(const QString &folder, ErrorCode otherwise);

/// What a new file may take the place of.
enum class Onto {
    Anything,
    Nothing, ///< where something stands by then, it stays: an error with Part "existing"
};

/// Who may read a new file.
enum class Readers {
    Owner,  ///< mode 0600
    AsUsual ///< whom the umask lets; one that takes another's place has that one's mode
};

/// A new file, written piece by piece: commit() puts it in the place of the one at its path. Until then, and
/// where that is never called, what was there stays. **Thread-safety:** one object, one thread.
class FileReplacement final
{
public:
    FileReplacement(const QString &path, ErrorCode otherwise, Onto onto = Onto::Anything,
                    Readers readers = Readers::Owner);
    ~FileReplacement();
    FileReplacement(const FileReplacement &) = delete;
    FileReplacement &operator=(const FileReplacement &) = delete;

    /// The first failure counts: commit() tells it.
    void write(QByteArrayView text);
    /// Syncs it and puts it in the other's place.
    [[nodiscard]] Status commit();

private:
    QString m_path;
    Onto m_onto;
    Readers m_readers;
    std::unique_ptr<QSaveFile> m_file;
    ErrorCode m_otherwise;
    bool m_isGood;
};

/// Puts a file of @p content in the place of @p path: the old one or the new one is there, whatever comes between.
[[nodiscard]] Status replaceFile(const QString &path, const QByteArray &content, ErrorCode otherwise,
                                 Onto onto = Onto::Anything, Readers readers = Readers::Owner);

} // namespace rollcall::base
