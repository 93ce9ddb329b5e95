#include "core/workspace/KeyFileVault.h"

#include <QFile>
#include <QFileInfo>
#include <QSaveFile>

#include <sys/stat.h>
#include <unistd.h>

#include "core/base/FileError.h"
#include "core/base/FileLock.h"
#include "core/workspace/FileRights.h"

namespace rollcall::workspace {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;
using base::SecretBytes;

namespace {

constexpr char header[] = "rollcall-keys 1";
constexpr qint64 largestFile = 4 << 20;
constexpr std::chrono::seconds longestWait{10}; ///< for another process that holds the file

std::optional<QByteArray> fromBase64(const QByteArray &text)
{
    auto decoded = QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return std::nullopt;
    return std::move(decoded.decoded);
}

} // namespace

KeyFileVault::KeyFileVault(QString path) : m_path(std::move(path)) {}

base::Result<KeyFileVault::Entries> KeyFileVault::load() const
{
    QFile file(m_path);
    if (!QFileInfo::exists(m_path))
        return Entries{};
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, m_path, file.errorString()));
    // Asked of the open file, so that it cannot be another one than the one that is read.
    struct stat status = {};
    if (fstat(file.handle(), &status) != 0 || !S_ISREG(status.st_mode))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, m_path, QStringLiteral("it is no regular file")));
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 || status.st_uid != geteuid())
        return base::fail(Error(ErrorCode::KeyFileUnsafe).with(ErrorParam::Path, m_path));
    QByteArray text = file.read(largestFile + 1);
    if (text.size() > largestFile)
        return base::fail(base::fileError(ErrorCode::FileFormatInvalid, m_path, QStringLiteral("larger than 4 MiB")));

    Entries entries;
    QList<QByteArray> lines = text.split('\n');
    base::wipe(text);
    const auto invalid = [&](qsizetype line, const QString &detail) {
        return base::fail(
            base::fileError(ErrorCode::FileFormatInvalid, m_path, detail).with(ErrorParam::Line, qint64(line)));
    };
    if (lines.first() != header)
        return invalid(1, QStringLiteral("not a key file of this version of Rollcall"));
    for (qsizetype i = 1; i < lines.size(); ++i) {
        QByteArray &line = lines[i];
        if (line.isEmpty())
            continue;
        const qsizetype blank = line.indexOf(' ');
        const auto name = fromBase64(line.first(std::max<qsizetype>(blank, 0)));
        auto secret = fromBase64(line.mid(blank + 1));
        base::wipe(line);
        if (blank <= 0 || !name || !secret)
            return invalid(i + 1, QStringLiteral("damaged entry"));
        entries[QString::fromUtf8(*name)] = SecretBytes::fromAndWipe(*secret);
    }
    return entries;
}

base::Status KeyFileVault::store(const Entries &entries) const
{
    const auto unwritable = [&](const QString &detail) {
        return base::fail(base::fileError(ErrorCode::FileUnwritable, m_path, detail));
    };
    QSaveFile file(m_path);
    if (!file.open(QIODevice::WriteOnly))
        return unwritable(file.errorString());
    // Before the first byte is in it: a new file begins with the rights of the umask.
    if (!file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        return unwritable(file.errorString());
    QByteArray text = QByteArray(header) + '\n';
    for (const auto &[name, secret] : entries) {
        QByteArray encoded = secret.view().toByteArray().toBase64();
        text += name.toUtf8().toBase64() + ' ' + encoded + '\n';
        base::wipe(encoded);
    }
    const bool written = file.write(text) == text.size();
    base::wipe(text);
    if (!written || !file.commit())
        return unwritable(file.errorString());
    return {};
}

template <typename Change>
base::Status KeyFileVault::update(const Call &call, const Change &change) const
{
    if (!makePrivateFolder(QFileInfo(m_path).absolutePath()))
        return base::fail(
            base::fileError(ErrorCode::FileUnwritable, m_path, QStringLiteral("its folder cannot be made")));
    const base::FileLock lock(m_path + QStringLiteral(".lock"), call.atMost(longestWait));
    if (!lock.isHeld()) {
        if (lock.state() == base::FileLock::State::Busy)
            return base::fail(
                Error(ErrorCode::Timeout).with(ErrorParam::Part, QStringLiteral("Waiting for the key file")));
        return base::fail(
            base::fileError(ErrorCode::FileUnwritable, m_path, QStringLiteral("its folder cannot be written")));
    }
    auto entries = load();
    if (!entries)
        return base::fail(entries.error());
    return change(*entries) ? store(*entries) : base::Status{};
}

base::Result<std::optional<SecretBytes>> KeyFileVault::read(const QString &name, const Call &call)
{
    if (const auto status = call.check(QStringLiteral("Reading the key file")); !status)
        return base::fail(status.error());
    auto entries = load();
    if (!entries)
        return base::fail(entries.error());
    const auto found = entries->find(name);
    if (found == entries->end())
        return std::optional<SecretBytes>();
    return std::optional<SecretBytes>(std::move(found->second));
}

base::Status KeyFileVault::write(const QString &name, const SecretBytes &secret, const Call &call)
{
    return update(call, [&](Entries &entries) {
        entries[name] = secret.clone();
        return true;
    });
}

base::Status KeyFileVault::remove(const QString &name, const Call &call)
{
    if (!QFileInfo::exists(m_path))
        return {};
    return update(call, [&](Entries &entries) { return entries.erase(name) > 0; });
}

QString KeyFileVault::description() const
{
    return QStringLiteral("key file %1").arg(m_path);
}

} // namespace rollcall::workspace
