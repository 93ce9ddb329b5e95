#include "core/audit/AuditMark.h"

#include <QCryptographicHash>
#include <QDir>
#include <QStringList>

namespace rollcall::audit {

namespace {

QString nameOf(const QString &folder)
{
    const QByteArray path = QDir(folder).absolutePath().toUtf8();
    const QByteArray digest = QCryptographicHash::hash(path, QCryptographicHash::Sha256).toHex().first(16);
    return QStringLiteral("audit-begun ") + QString::fromLatin1(digest);
}

} // namespace

QString renewedAction()
{
    return QStringLiteral("audit.renew");
}

bool AuditMark::isOfAnother(const std::optional<AuditEntry> &first) const
{
    return first && !firstHash.isEmpty() && first->hash != firstHash && first->action == renewedAction();
}

base::Result<AuditMark> AuditMark::read(base::SecretVault &vault, const QString &folder, const base::Call &call)
{
    const auto stored = vault.read(nameOf(folder), call);
    if (!stored)
        return base::fail(stored.error());
    if (!*stored)
        return AuditMark();
    const QStringList words = QString::fromLatin1((*stored)->view()).split(QLatin1Char(' '));
    return AuditMark{words.value(0), words.value(1).toLongLong(), words.value(2), words.value(3).toLongLong(),
                     words.value(4)};
}

base::Status AuditMark::write(base::SecretVault &vault, const QString &folder, const base::Call &call) const
{
    const QStringList words{keyId, QString::number(entries), hash, QString::number(brokenAt), firstHash};
    const QString text = words.join(QLatin1Char(' '));
    return vault.write(nameOf(folder), base::SecretBytes(text.toLatin1()), call);
}

} // namespace rollcall::audit
