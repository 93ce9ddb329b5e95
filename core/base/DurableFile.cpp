#include "core/base/DurableFile.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rollcall::base {

FileDescriptor::FileDescriptor(const QString &path, int flags)
    : m_fd(::open(QFile::encodeName(path).constData(), flags | O_CLOEXEC, 0600))
{}

FileDescriptor::~FileDescriptor()
{
    if (m_fd >= 0)
        ::close(m_fd);
}

Error systemError(const QString &path, ErrorCode otherwise)
{
    const int number = errno;
    if (number == ENOSPC || number == EDQUOT)
        return Error(ErrorCode::DiskFull).with(ErrorParam::Path, path);
    return Error(otherwise)
        .with(ErrorParam::Path, path)
        .with(ErrorParam::Detail, QString::fromLocal8Bit(std::strerror(number)));
}

Status appendAndSync(const FileDescriptor &file, const QString &path, QByteArrayView text, qint64 size,
                     ErrorCode otherwise)
{
    qsizetype written = 0;
    while (written < text.size()) {
        const ssize_t n = ::write(file.get(), text.data() + written, static_cast<size_t>(text.size() - written));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            Error error = systemError(path, otherwise);
            if (::ftruncate(file.get(), size) != 0)
                return fail(std::move(error).because(systemError(path, otherwise)));
            return fail(std::move(error));
        }
        written += n;
    }
    if (::fsync(file.get()) != 0)
        return fail(systemError(path, otherwise));
    return {};
}

Status cutBack(const FileDescriptor &file, const QString &path, qint64 size, ErrorCode otherwise)
{
    struct stat state = {};
    if (::fstat(file.get(), &state) != 0 || (state.st_size > size && ::ftruncate(file.get(), size) != 0))
        return fail(systemError(path, otherwise));
    return {};
}

Status syncFolder(const QString &folder, ErrorCode otherwise)
{
    const FileDescriptor directory(folder, O_RDONLY | O_DIRECTORY);
    if (!directory.isOpen() || ::fsync(directory.get()) != 0)
        return fail(systemError(folder, otherwise));
    return {};
}

Status replaceFile(const QString &path, const QByteArray &content, ErrorCode otherwise)
{
    // QSaveFile syncs the new file before it takes the old one's place.
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) ||
        file.write(content) != content.size() || !file.commit()) {
        return fail(Error(file.error() == QFileDevice::ResourceError ? ErrorCode::DiskFull : otherwise)
                        .with(ErrorParam::Path, path)
                        .with(ErrorParam::Detail, file.errorString()));
    }
    return syncFolder(QFileInfo(path).path(), otherwise);
}

} // namespace rollcall::base
