#include "core/audit/AuditLog.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSysInfo>

#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

#include "core/audit/AuditMark.h"
#include "core/audit/AuditSeal.h"
#include "core/audit/AuditVerifier.h"
#include "core/base/DurableFile.h"
#include "core/base/FileError.h"
#include "core/base/FileLock.h"

namespace rollcall::audit {

using base::Call;
using base::Error;
using base::ErrorCode;
using base::ErrorParam;

namespace {

constexpr qint64 longestLine = 1 << 20;
constexpr std::chrono::seconds longestWait{10}; ///< for another process that appends

Error unwritable(const QString &path, const QString &detail)
{
    return Error(ErrorCode::AuditUnwritable).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

/// The log's first entry; nullopt where there is none, or what stands there is none.
std::optional<AuditEntry> firstEntry(QFile &file)
{
    file.seek(0);
    QByteArray line = file.readLine(longestLine);
    line.chop(line.endsWith('\n') ? 1 : 0);
    return AuditEntry::fromLine(line);
}

/// How many bytes stand behind the last line end before @p size.
qint64 halfLine(QFile &file, qint64 size)
{
    const qint64 from = std::max<qint64>(0, size - longestLine);
    file.seek(from);
    const QByteArray tail = file.read(size - from);
    return tail.size() - 1 - tail.lastIndexOf('\n');
}

/// Where the next entry goes, and what must be done to the file's end before.
struct Head
{
    AuditSeal seal;       ///< what is on disk by all we know
    qint64 cutTo = -1;    ///< bytes to cut the file to (a crash's half line); -1: none
    bool endLine = false; ///< the file ends within a line that was once whole: keep it, end it
    QString note;
};

/// The head where the seal is ours: it says what must be there, and the file's end what else is.
Head headBySeal(const AuditSeal &seal, QFile &file)
{
    Head head{seal, -1, false, {}};
    const qint64 size = file.size();
    if (size < seal.bytes) {
        file.seek(std::max<qint64>(0, size - 1));
        head.endLine = size > 0 && file.read(1) != "\n";
        head.note = QStringLiteral("entries were missing from the log before this one");
        head.seal.bytes = size;
    } else if (size > seal.bytes) {
        file.seek(seal.bytes);
        const QByteArray tail = file.read(longestLine);
        const qsizetype end = tail.indexOf('\n');
        const auto entry = end < 0 ? std::nullopt : AuditEntry::fromLine(tail.first(end));
        if (entry && !seal.nextHash.isEmpty() && entry->hash == seal.nextHash) {
            head.seal.entries += 1; // the crash came after the line and before its seal
            head.seal.hash = entry->hash;
            head.seal.bytes += end + 1;
        }
        const QByteArray rest = tail.mid(head.seal.bytes - seal.bytes);
        if (rest.contains('\n')) {
            head.note = QStringLiteral("lines were added to the log before this one");
            head.seal.bytes = size;
            file.seek(size - 1);
            head.endLine = file.read(1) != "\n";
        } else if (!rest.isEmpty()) {
            head.cutTo = head.seal.bytes;
            head.note = QStringLiteral("a half-written line of %1 bytes was removed before this one").arg(rest.size());
        }
    }
    return head;
}

/// The head where no seal of ours is there. A log begun under another key goes on, unless ours has signed in it
/// (@p begunBy); else something was taken away or put in its place, and a number is left out so that it stays visible.
Head headWithoutSeal(QFile &file, const std::optional<AuditSeal> &others, const QString &ourKey, const QString &begunBy)
{
    const qint64 size = file.size();
    const QByteArray last = lastWholeLine(file, size);
    const auto entry = AuditEntry::fromLine(last);
    Head head;
    head.seal.bytes = size;
    if (size == 0 && begunBy.isEmpty())
        return head;
    file.seek(std::max<qint64>(0, size - 1));
    head.endLine = size > 0 && file.read(1) != "\n";
    head.seal.entries = entry ? entry->seq : 0;
    head.seal.hash = entry ? entry->hash : QString();
    if (entry && entry->keyId != ourKey && begunBy != ourKey) {
        head.note = QStringLiteral("the log goes on under another key");
        // What the other key's seal does not count, and is no line, was never whole: ended, it would break the chain.
        if (const qint64 half = others ? size - others->bytes : 0; half > 0 && half == halfLine(file, size)) {
            head.cutTo = head.seal.bytes = others->bytes;
            head.endLine = false;
            head.note += QStringLiteral("; a half-written line of %1 bytes was removed before this one").arg(half);
        }
    } else {
        head.seal.entries += 1;
        head.note = QStringLiteral("the log's seal was missing or wrong; one number is left out");
    }
    return head;
}

/// Whether what lies there ends before the entry that @p mark remembers, or has another in its place.
bool isOlder(const AuditSeal &found, const AuditMark &mark)
{
    return found.entries < mark.entries || (found.entries == mark.entries && found.hash != mark.hash);
}

/// Adds to what an entry has to say of the log itself.
void addNote(QString &note, const QString &what)
{
    if (!note.isEmpty() && !what.isEmpty())
        note += QStringLiteral("; ");
    note += what;
}

/// The file that is written under @p path: a link is followed, also one that leads to nothing yet.
QString whereItLeads(QString path)
{
    constexpr int mostLinks = 40; // as the system follows
    for (int i = 0; i < mostLinks; ++i) {
        const QFileInfo file(path);
        if (!file.isSymLink())
            break;
        path = file.symLinkTarget(); // one step, and absolute
    }
    return path;
}

} // namespace

AuditLog::AuditLog(QString folder, base::SecretVault *vault, const base::Clock &clock, OnFault onFault)
    : m_folder(std::move(folder)), m_vault(vault), m_clock(clock), m_onFault(std::move(onFault))
{}

QString AuditLog::path() const
{
    return m_folder + QStringLiteral("/audit.ndjson");
}

base::Result<qint64> AuditLog::append(AuditEntry entry, const Call &call)
{
    if (!m_vault)
        return base::fail(Error(ErrorCode::NoKeyStore));
    if (!QDir().mkpath(m_folder))
        return base::fail(unwritable(m_folder, QStringLiteral("the folder cannot be made")));
    const base::FileLock lock(lockPath(path()), call.atMost(longestWait));
    if (!lock.isHeld())
        return base::fail(unwritable(path(), lock.state() == base::FileLock::State::Busy
                                                 ? QStringLiteral("another process holds it")
                                                 : QStringLiteral("its folder cannot be written")));
    // Under the lock: two processes that begin a log must not make two keys.
    auto known = base::SigningKey::find(*m_vault, sealKeyName(), call);
    if (!known)
        return base::fail(known.error());
    const bool isKeyNew = !known->has_value();
    const auto key = isKeyNew ? base::SigningKey::findOrMake(*m_vault, sealKeyName(), call)
                              : base::Result<base::SigningKey>(std::move(**known));
    if (!key)
        return base::fail(key.error());
    const base::FileDescriptor log(path(), O_RDWR | O_CREAT | O_APPEND);
    if (!log.isOpen())
        return base::fail(base::systemError(path(), ErrorCode::AuditUnwritable));
    QFile file;
    if (!file.open(log.get(), QIODevice::ReadOnly, QFileDevice::DontCloseHandle))
        return base::fail(unwritable(path(), file.errorString()));

    const QString sealFile = sealPath(path());
    const auto stored = AuditSeal::read(sealFile);
    const QString keyId = keyIdOf(key->publicKey());
    const bool ours = stored && stored->isBy(key->publicKey());
    auto mark = AuditMark::read(*m_vault, m_folder, call);
    if (!mark)
        return base::fail(mark.error());
    std::vector<Error> faults;
    QString brokenNote;
    if (isKeyNew && (file.size() > 0 || !mark->keyId.isEmpty()))
        faults.push_back(Error(ErrorCode::AuditBroken).with(ErrorParam::Part, QStringLiteral("key")));
    const auto first = firstEntry(file);
    if (mark->isOfAnother(first)) {
        faults.push_back(Error(ErrorCode::AuditBroken).with(ErrorParam::Part, QStringLiteral("other")));
        brokenNote = QStringLiteral("another log lay here before, by what this key remembers");
        *mark = AuditMark();
    }
    if (file.size() == 0 && mark->keyId.isEmpty() && !mark->firstHash.isEmpty() && entry.action != renewedAction())
        brokenNote = QStringLiteral("the log before this one was put aside, and its renewal cut off");
    if (entry.phase == Phase::Intent) {
        if (mark->brokenAt == 0) {
            const auto state = verifyLog(path(), {key->publicKey(), *mark, true, checkedBytes}, call);
            if (!state)
                return base::fail(state.error());
            if (!state->ok)
                mark->brokenAt = state->brokenAt.value_or(state->entries + 1);
        }
        if (mark->brokenAt > 0) {
            faults.push_back(Error(ErrorCode::AuditBroken).with(ErrorParam::Count, mark->brokenAt));
            addNote(brokenNote, QStringLiteral("the log before this entry is broken at entry %1").arg(mark->brokenAt));
        }
    }
    Head head = ours ? headBySeal(*stored, file) : headWithoutSeal(file, stored, keyId, mark->keyId);
    if (isOlder(head.seal, *mark)) {
        head.seal.entries += 1;
        addNote(head.note, QStringLiteral("an older copy of the log lay here; one number is left out"));
    }
    addNote(head.note, brokenNote);
    file.close();
    for (const Error &fault : faults) {
        if (m_onFault)
            m_onFault(fault);
    }

    entry.seq = head.seal.entries + 1;
    entry.at = m_clock.now();
    entry.previousHash = head.seal.hash;
    entry.note = head.note;
    entry.keyId = keyId;
    entry.hash = entry.computeHash();
    auto signature = signatureOf(entry.hash.toLatin1(), *key);
    if (!signature)
        return base::fail(signature.error());
    entry.signature = std::move(*signature);
    const QByteArray line = (head.endLine ? QByteArray("\n") : QByteArray()) + entry.toLine() + '\n';
    if (line.size() >= longestLine)
        return base::fail(unwritable(path(), QStringLiteral("the entry is larger than 1 MiB")));

    if (head.cutTo >= 0 && ::ftruncate(log.get(), head.cutTo) != 0)
        return base::fail(base::systemError(path(), ErrorCode::AuditUnwritable));
    const qint64 size = head.seal.bytes;
    head.seal.nextHash = entry.hash;
    if (const auto status = head.seal.write(sealFile, *key); !status)
        return base::fail(status.error());
    if (const auto status = base::appendAndSync(log, path(), line, size, ErrorCode::AuditUnwritable); !status)
        return base::fail(status.error());
    if (const auto status = base::syncFolder(m_folder, ErrorCode::AuditUnwritable); !status)
        return base::fail(status.error());
    head.seal.entries = entry.seq;
    head.seal.hash = entry.hash;
    head.seal.nextHash.clear();
    head.seal.bytes = size + line.size();
    if (const auto status = head.seal.write(sealFile, *key); !status)
        return base::fail(status.error());
    const AuditMark next{keyId, entry.seq, entry.hash, mark->brokenAt,
                         size == 0 ? entry.hash
                         : first   ? first->hash
                                   : mark->firstHash};
    if (const auto status = next.write(*m_vault, m_folder, call); !status)
        return base::fail(status.error());
    return entry.seq;
}

base::Result<std::vector<AuditEntry>> AuditLog::list(qint64 afterSeq, int limit) const
{
    std::vector<AuditEntry> entries;
    if (limit <= 0)
        return entries;
    const auto status = forEach(afterSeq, {}, [&entries, limit](AuditEntry &&entry) {
        entries.push_back(std::move(entry));
        return std::ssize(entries) < limit;
    });
    if (!status)
        return base::fail(status.error());
    return entries;
}

base::Status AuditLog::forEach(qint64 afterSeq, const Call &call,
                               const std::function<bool(AuditEntry &&entry)> &take) const
{
    QFile file(path());
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path(), file.errorString()));
    for (qint64 number = 1; !file.atEnd(); ++number) {
        if (call.cancelled())
            return base::fail(Error(ErrorCode::Cancelled));
        QByteArray line = file.readLine(longestLine);
        if (file.error() != QFileDevice::NoError)
            return base::fail(base::fileError(ErrorCode::FileUnreadable, path(), file.errorString()));
        if (!line.endsWith('\n') && line.size() < longestLine - 1)
            break; // the half line of a crash
        line.chop(1);
        auto entry = AuditEntry::fromLine(line);
        if (!entry)
            return base::fail(Error(ErrorCode::FileFormatInvalid)
                                  .with(ErrorParam::Path, path())
                                  .with(ErrorParam::Line, number)
                                  .with(ErrorParam::Part, QStringLiteral("log"))
                                  .with(ErrorParam::Detail, QStringLiteral("no entry of the audit log")));
        if (entry->seq > afterSeq && !take(std::move(*entry)))
            break;
    }
    return {};
}

base::Status AuditLog::checkTarget(const QString &target) const
{
    const QString folder = QFileInfo(whereItLeads(target)).absolutePath();
    const QString ours = QFileInfo(m_folder).canonicalFilePath();
    const QString there = QFileInfo(folder).canonicalFilePath();
    if (ours.isEmpty() || there.isEmpty() || (there != ours && !there.startsWith(ours + QLatin1Char('/'))))
        return {};
    return base::fail(
        Error(ErrorCode::FileUnwritable)
            .with(ErrorParam::Path, target)
            .with(ErrorParam::Part, QStringLiteral("kept"))
            .with(ErrorParam::Detail, QStringLiteral("it lies where Rollcall keeps the audit log itself")));
}

base::Result<AuditState> AuditLog::verify(const Call &call) const
{
    return verifyOurs(*this, 0, call);
}

base::Result<AuditState> verifyFile(const QString &path, base::SecretVault *vault, const Call &call)
{
    return verifyCopy(path, vault, call, nullptr);
}

QString currentActor()
{
    QString user;
    struct passwd entry = {};
    struct passwd *found = nullptr;
    QByteArray buffer(16 * 1024, '\0');
    if (getpwuid_r(geteuid(), &entry, buffer.data(), static_cast<size_t>(buffer.size()), &found) == 0 && found)
        user = QString::fromLocal8Bit(found->pw_name);
    if (user.isEmpty())
        user = QString::number(geteuid());
    return user + QLatin1Char('@') + QSysInfo::machineHostName();
}

QString newOperationId()
{
    static constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    QString id = QStringLiteral("op-");
    for (int i = 0; i < 20; ++i)
        id += QLatin1Char(alphabet[QRandomGenerator::system()->bounded(32)]);
    return id;
}

} // namespace rollcall::audit
