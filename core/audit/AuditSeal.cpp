#include "core/audit/AuditSeal.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/audit/AuditEntry.h"
#include "core/base/DurableFile.h"

namespace rollcall::audit {

namespace {
constexpr qint64 largestSeal = 4096;
constexpr int sealVersion = 2;
} // namespace

QByteArray AuditSeal::canonical() const
{
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("rollcall-audit-seal")},
                                     {QStringLiteral("version"), sealVersion},
                                     {QStringLiteral("entries"), entries},
                                     {QStringLiteral("bytes"), bytes},
                                     {QStringLiteral("hash"), hash},
                                     {QStringLiteral("nextHash"), nextHash},
                                     {QStringLiteral("keyId"), keyId}})
        .toJson(QJsonDocument::Compact);
}

bool AuditSeal::isBy(const base::PublicKey &key) const
{
    return keyId == keyIdOf(key) && isSigned(canonical(), signature, key);
}

base::Status AuditSeal::write(const QString &path, const base::SigningKey &key)
{
    keyId = keyIdOf(key.publicKey());
    const QByteArray content = canonical();
    auto made = signatureOf(content, key);
    if (!made)
        return base::fail(made.error());
    signature = std::move(*made);
    return base::replaceFile(path, text(), base::ErrorCode::AuditUnwritable);
}

QByteArray AuditSeal::text() const
{
    QJsonObject json = QJsonDocument::fromJson(canonical()).object();
    json.insert(QStringLiteral("signature"), signature);
    return QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<AuditSeal> AuditSeal::read(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return std::nullopt;
    AuditSeal seal;
    if (!file.open(QIODevice::ReadOnly))
        return seal;
    const QByteArray content = file.read(largestSeal);
    const QJsonObject json = QJsonDocument::fromJson(content).object();
    if (json.value(QStringLiteral("format")) != QStringLiteral("rollcall-audit-seal") ||
        json.value(QStringLiteral("version")) != sealVersion)
        return seal;
    seal.entries = json.value(QStringLiteral("entries")).toInteger();
    seal.bytes = json.value(QStringLiteral("bytes")).toInteger();
    seal.hash = json.value(QStringLiteral("hash")).toString();
    seal.nextHash = json.value(QStringLiteral("nextHash")).toString();
    seal.keyId = json.value(QStringLiteral("keyId")).toString();
    seal.signature = json.value(QStringLiteral("signature")).toString();
    // Spelled otherwise, or with members that we do not know, it is not what write() wrote.
    if (content != seal.text())
        seal.keyId.clear();
    return seal;
}

} // namespace rollcall::audit
