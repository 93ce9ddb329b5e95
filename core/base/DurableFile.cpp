#include "core/base/DurableFile.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSaveFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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

namespace {

/// Gives the file at @p from the name @p to, where nothing has it. Errors: as systemError(), Part "existing".
Status moveOntoNothing(const QString &from, const QString &to, ErrorCode otherwise)
{
    const QByteArray source = QFile::encodeName(from);
    const QByteArray target = QFile::encodeName(to);
    int done = ::renameat2(AT_FDCWD, source.constData(), AT_FDCWD, target.constData(), RENAME_NOREPLACE);
    bool isLinked = false;
    if (done != 0 && (errno == EINVAL || errno == ENOSYS)) { // a file system that cannot: a second name can be given
        done = ::link(source.constData(), target.constData());
        isLinked = true;
    }
    if (done == 0) {
        if (isLinked)
            ::unlink(source.constData());
        return {};
    }
    Error error = errno == EEXIST ? Error(otherwise)
                                        .with(ErrorParam::Path, to)
                                        .with(ErrorParam::Part, QStringLiteral("existing"))
                                        .with(ErrorParam::Detail,
                                              QStringLiteral("a file came to stand there meanwhile, and would be lost"))
                                  : systemError(to, otherwise);
    ::unlink(source.constData());
    return fail(std::move(error));
}

/// A name beside @p path that nobody has.
QString besideOf(const QString &path)
{
    return path + QStringLiteral(".new-") + QString::number(QRandomGenerator::system()->generate64(), 36);
}

} // namespace

// QSaveFile syncs the new file before it takes the old one's place.
FileReplacement::FileReplacement(const QString &path, ErrorCode otherwise, Onto onto, Readers readers)
    : m_path(path),
      m_onto(onto),
      m_readers(readers),
      m_file(std::make_unique<QSaveFile>(onto == Onto::Nothing ? besideOf(path) : path)),
      m_otherwise(otherwise),
      m_isGood(m_file->open(QIODevice::WriteOnly) &&
               (readers == Readers::AsUsual || m_file->setPermissions(QFile::ReadOwner | QFile::WriteOwner)))
{}

FileReplacement::~FileReplacement() = default;

void FileReplacement::write(QByteArrayView text)
{
    m_isGood = m_isGood && m_file->write(text.data(), text.size()) == text.size();
}

Status FileReplacement::commit()
{
    if (!m_isGood || !m_file->commit()) {
        return fail(Error(m_file->error() == QFileDevice::ResourceError ? ErrorCode::DiskFull : m_otherwise)
                        .with(ErrorParam::Path, m_path)
                        .with(ErrorParam::Detail, m_file->errorString()));
    }
    if (m_onto == Onto::Nothing) {
        if (auto moved = moveOntoNothing(m_file->fileName(), m_path, m_otherwise); !moved)
            return moved;
    }
    // The file is there. For one that others read (Readers::AsUsual), a folder that cannot be synced, as on some
    // network file systems, is no failure: only a cut of power could undo it.
    auto synced = syncFolder(QFileInfo(m_path).path(), m_otherwise);
    return m_readers == Readers::AsUsual ? Status() : std::move(synced);
}

Status replaceFile(const QString &path, const QByteArray &content, ErrorCode otherwise, Onto onto, Readers readers)
{
    FileReplacement file(path, otherwise, onto, readers);
    file.write(content);
    return file.commit();
}

} // namespace rollcall::base
