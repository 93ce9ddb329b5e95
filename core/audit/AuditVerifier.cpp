#include "core/audit/AuditVerifier.h"

#include <QFile>
#include <QFileInfo>

#include "core/audit/AuditSeal.h"
#include "core/base/FileError.h"

namespace rollcall::audit {

using base::Error;
using base::ErrorCode;

namespace {

constexpr qint64 longestLine = 1 << 20;
constexpr qsizetype keyIdLength = 16; ///< keyIdOf()'s; who can write to the log can write what they like there

/// An append may come between the log and its seal. One that goes on and on is judged in the end by what was read.
constexpr int mostLooks = 10;

/// How far the log is good in itself.
struct Chain
{
    qint64 entries = 0;
    qint64 begin = 0;     ///< how many of them were not looked at
    qint64 bytes = 0;     ///< of them
    bool broken = false;  ///< the entry after them is wrong
    QString hash;         ///< of the last good one
    QString beforeHash;   ///< of the one before it
    QString hashAtMark;   ///< of the one that the mark names as the last
    bool allByKey = true; ///< every entry names our key (and its signature was right)
    bool lastByKey = false;
    qint64 otherFrom = 0; ///< the first entry after the last one by our key; 0: that is the last, or none is ours
    QString keyId;        ///< that the last good one names
    KeyChanges changes;   ///< among the good ones
};

/// Counts @p entry, the next good one, as a change of the key where it names another (@p isOurs: ours signed it).
void noteKey(Chain &chain, const AuditEntry &entry, bool isOurs)
{
    const QString before = std::exchange(chain.keyId, entry.keyId);
    if (before.isEmpty() || before == entry.keyId)
        return;
    chain.changes.count += 1;
    if (chain.changes.first.size() == mostKeyChanges)
        chain.changes.first.pop_back(); // the last one tells two keys by turns from tampering
    chain.changes.first.push_back({entry.seq, entry.keyId.left(keyIdLength), before.left(keyIdLength), isOurs});
}

/// The chain up to where the last bytes that @p input asks for begin, as the entry there has it; nothing of it where
/// all of the log is to be looked at. Where no line ends in them more are taken, as many as two of the longest lines
/// have. What begins there and is no entry is broken.
base::Result<Chain> chainBefore(const QString &path, const VerifyInput &input)
{
    QFile file(path);
    if (input.lastBytes == 0 || !file.exists())
        return Chain();
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    for (const qint64 bytes : {input.lastBytes, input.lastBytes + 2 * longestLine}) {
        if (file.size() <= bytes)
            return Chain();
        if (!file.seek(file.size() - bytes))
            return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
        file.readLine(longestLine); // the rest of one
        if (file.atEnd())
            continue;
        Chain chain;
        chain.bytes = file.pos();
        QByteArray line = file.readLine(longestLine);
        if (!line.endsWith('\n') && bytes == input.lastBytes)
            continue; // the half line of a crash, behind one that is longer than all that is looked at
        line.chop(1);
        if (const auto entry = AuditEntry::fromLine(line)) {
            chain.entries = entry->seq - 1;
            chain.hash = entry->previousHash;
        } else {
            chain.entries = input.mark.entries;
            chain.broken = true;
        }
        chain.begin = chain.entries;
        if (chain.begin == input.mark.entries)
            chain.hashAtMark = chain.hash;
        return chain;
    }
    Chain chain; // nothing like a log's line in so much of its end
    chain.entries = input.mark.entries;
    chain.broken = true;
    return chain;
}

/// Reads on from where @p chain ends.
base::Status followChain(const QString &path, const VerifyInput &input, Chain &chain, const base::Call &call)
{
    QFile file(path);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly) || !file.seek(chain.bytes))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
    const auto &key = input.key;
    const QString ourKey = key ? keyIdOf(*key) : QString();
    while (!file.atEnd()) {
        if (call.cancelled())
            return base::fail(Error(ErrorCode::Cancelled));
        QByteArray line = file.readLine(longestLine);
        if (file.error() != QFileDevice::NoError)
            return base::fail(base::fileError(ErrorCode::FileUnreadable, path, file.errorString()));
        if (!line.endsWith('\n') && line.size() < longestLine - 1)
            break; // the half line of a crash; whether it was once whole is for the seal to say
        line.chop(1);
        const auto entry = AuditEntry::fromLine(line);
        chain.broken = !entry || entry->seq != chain.entries + 1 || entry->previousHash != chain.hash ||
                       entry->hash != entry->computeHash();
        const bool byKey = !chain.broken && key && entry->keyId == ourKey;
        if (byKey && input.lastBytes == 0 && !isSigned(entry->hash.toLatin1(), entry->signature, *key))
            chain.broken = true;
        if (chain.broken)
            break;
        chain.entries += 1;
        chain.bytes += line.size() + 1;
        chain.beforeHash = std::exchange(chain.hash, entry->hash);
        if (chain.entries == input.mark.entries)
            chain.hashAtMark = chain.hash;
        chain.allByKey = chain.allByKey && byKey;
        if (byKey)
            chain.otherFrom = 0;
        else if (chain.lastByKey)
            chain.otherFrom = chain.entries;
        chain.lastByKey = byKey;
        noteKey(chain, *entry, byKey);
    }
    return {};
}

/// What @p seal says of the log; no two say it in the same words.
QString wordOf(const std::optional<AuditSeal> &seal)
{
    return seal ? seal->signature : QString();
}

QString besideLog(const QString &logPath, const QString &suffix)
{
    const QFileInfo info(logPath);
    return info.path() + QLatin1Char('/') + info.completeBaseName() + suffix;
}

AuditState brokenAt(qint64 seq)
{
    return {seq - 1, false, seq, false};
}

} // namespace

QString sealKeyName()
{
    return QStringLiteral("audit-key");
}

base::Result<std::optional<base::PublicKey>> publicSealKey(base::SecretVault *vault, const base::Call &call)
{
    if (!vault)
        return std::nullopt;
    const auto key = base::SigningKey::find(*vault, sealKeyName(), call);
    if (!key)
        return base::fail(key.error());
    return *key ? std::optional((*key)->publicKey()) : std::nullopt;
}

QString sealPath(const QString &logPath)
{
    return besideLog(logPath, QStringLiteral(".seal"));
}

QString lockPath(const QString &logPath)
{
    return besideLog(logPath, QStringLiteral(".lock"));
}

base::Result<AuditState> verifyLog(const QString &logPath, const VerifyInput &input, const base::Call &call)
{
    const bool hasKey = input.key.has_value();
    auto known = chainBefore(logPath, input);
    if (!known)
        return base::fail(std::move(known.error()));
    Chain chain = std::move(*known);
    std::optional<AuditSeal> seal;
    for (int i = 0; i < mostLooks && !chain.broken; ++i) {
        seal = AuditSeal::read(sealPath(logPath));
        if (auto followed = followChain(logPath, input, chain, call); !followed)
            return base::fail(std::move(followed.error()));
        if (wordOf(AuditSeal::read(sealPath(logPath))) == wordOf(seal))
            break; // what was read and the seal are of one moment
    }
    if (input.changes)
        *input.changes = std::move(chain.changes);
    if (chain.broken) // what another key wrote on after ours is not ours already
        return brokenAt(chain.otherFrom > 0 ? chain.otherFrom : chain.entries + 1);

    if (chain.entries < input.mark.entries)
        return brokenAt(chain.entries + 1); // cut, with its seal; or an older copy of both
    // A mark that fell behind what is looked at is no fault: the seal speaks for the end.
    if (input.mark.entries >= chain.begin && chain.hashAtMark != input.mark.hash)
        return brokenAt(input.mark.entries);

    if (!seal) {
        const bool missing = input.sealExpected && hasKey && (chain.lastByKey || !input.mark.keyId.isEmpty());
        return missing ? brokenAt(chain.entries + 1) : AuditState{chain.entries, true, std::nullopt, false};
    }
    const bool ours = hasKey && seal->isBy(*input.key);
    const QString ourKey = hasKey ? keyIdOf(*input.key) : QString();
    // Once our key has signed here, what another key signed last was not appended by us.
    const bool isReplaced = chain.lastByKey || input.mark.keyId == ourKey;
    const bool isOthers = !seal->keyId.isEmpty() && seal->keyId != ourKey;
    // Whoever wrote on with another key has done so from there.
    if (hasKey && !ours && isOthers && isReplaced && chain.otherFrom > 0)
        return brokenAt(chain.otherFrom);
    if (hasKey && !ours && (!isOthers || isReplaced))
        return brokenAt(chain.entries + 1); // damaged, forged, or put there instead of ours
    if (chain.entries < seal->entries)
        return brokenAt(chain.entries + 1);
    const bool asSealed = chain.entries == seal->entries && chain.hash == seal->hash;
    const bool begunBeforeACrash = chain.entries == seal->entries + 1 && chain.beforeHash == seal->hash &&
                                   !seal->nextHash.isEmpty() && chain.hash == seal->nextHash;
    if (!asSealed && !begunBeforeACrash)
        return brokenAt(chain.entries == seal->entries ? chain.entries : seal->entries + 1);
    return AuditState{chain.entries, true, std::nullopt, ours && chain.allByKey};
}

base::Result<AuditState> verifyOurs(const AuditLog &log, qint64 lastBytes, const base::Call &call, KeyChanges *changes)
{
    auto key = publicSealKey(log.vault(), call);
    if (!key)
        return base::fail(std::move(key.error()));
    // Before the log: what is appended meanwhile is more than it says.
    auto mark = log.vault() ? AuditMark::read(*log.vault(), QFileInfo(log.path()).path(), call)
                            : base::Result<AuditMark>(AuditMark());
    if (!mark)
        return base::fail(std::move(mark.error()));
    const qint64 found = mark->brokenAt;
    auto state = verifyLog(log.path(), {std::move(*key), std::move(*mark), true, lastBytes, changes}, call);
    if (state && state->ok && found > 0) {
        state->ok = false;
        state->brokenAt = found;
        state->foundByAct = true;
    }
    return state;
}

base::Result<AuditState> verifyEnd(const AuditLog &log, const base::Call &call)
{
    return verifyOurs(log, checkedBytes, call);
}

base::Result<AuditState> verifyCopy(const QString &path, base::SecretVault *vault, const base::Call &call,
                                    KeyChanges *changes)
{
    if (!QFile::exists(path))
        return base::fail(Error(ErrorCode::FileUnreadable)
                              .with(base::ErrorParam::Path, path)
                              .with(base::ErrorParam::Detail, QStringLiteral("there is no such file")));
    auto key = publicSealKey(vault, call);
    if (!key)
        return base::fail(std::move(key.error()));
    return verifyLog(path, {std::move(*key), {}, false, 0, changes}, call);
}

QByteArray lastWholeLine(QFile &file, qint64 size)
{
    const qint64 from = std::max<qint64>(0, size - longestLine);
    file.seek(from);
    QByteArray tail = file.read(size - from);
    tail.truncate(std::max<qsizetype>(0, tail.lastIndexOf('\n')));
    return tail.mid(tail.lastIndexOf('\n') + 1);
}

base::Result<QString> lastKeyId(const QString &logPath)
{
    QFile file(logPath);
    if (file.exists()) {
        if (!file.open(QIODevice::ReadOnly))
            return base::fail(base::fileError(ErrorCode::FileUnreadable, logPath, file.errorString()));
        const auto entry = AuditEntry::fromLine(lastWholeLine(file, file.size()));
        if (file.error() != QFileDevice::NoError)
            return base::fail(base::fileError(ErrorCode::FileUnreadable, logPath, file.errorString()));
        if (entry)
            return entry->keyId;
    }
    const auto seal = AuditSeal::read(sealPath(logPath));
    return seal ? seal->keyId : QString();
}

base::Result<bool> isBrokenAtItsEnd(const QString &logPath, qint64 brokenAt)
{
    QFile file(logPath);
    if (!file.exists())
        return true;
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::fileError(ErrorCode::FileUnreadable, logPath, file.errorString()));
    for (qint64 line = 1; line < brokenAt && !file.atEnd(); ++line)
        file.readLine(longestLine);
    if (file.error() != QFileDevice::NoError)
        return base::fail(base::fileError(ErrorCode::FileUnreadable, logPath, file.errorString()));
    return file.atEnd();
}

} // namespace rollcall::audit
