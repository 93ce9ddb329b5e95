#include "core/audit/AuditSeal.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/audit/AuditEntry.h"
#include "core/base/DurableFile.h"

namespace rollcall::audit {

namespace {
constexpr qint64 largestSeal = 4096;
constexpr int sealVersion = 1;
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

bool AuditSeal::isBy(const base::SecretBytes &key) const
{
    return keyId == keyIdOf(key) && mac == keyedDigest(canonical(), key);
}

base::Status AuditSeal::write(const QString &path, const base::SecretBytes &key)
{
    keyId = keyIdOf(key);
    const QByteArray content = canonical();
    mac = keyedDigest(content, key);
    QJsonObject json = QJsonDocument::fromJson(content).object();
    json.insert(QStringLiteral("mac"), mac);
    const QByteArray text = QJsonDocument(json).toJson(QJsonDocument::Compact) + '\n';
    return base::replaceFile(path, text, base::ErrorCode::AuditUnwritable);
}

std::optional<AuditSeal> AuditSeal::read(const QString &path)
{
    QFile file(path);
    if (!file.exists())
        return std::nullopt;
    AuditSeal seal;
    if (!file.open(QIODevice::ReadOnly))
        return seal;
    const QJsonObject json = QJsonDocument::fromJson(file.read(largestSeal)).object();
    if (json.value(QStringLiteral("format")) != QStringLiteral("rollcall-audit-seal") ||
        json.value(QStringLiteral("version")) != sealVersion)
        return seal;
    seal.entries = json.value(QStringLiteral("entries")).toInteger();
    seal.bytes = json.value(QStringLiteral("bytes")).toInteger();
    seal.hash = json.value(QStringLiteral("hash")).toString();
    seal.nextHash = json.value(QStringLiteral("nextHash")).toString();
    seal.keyId = json.value(QStringLiteral("keyId")).toString();
    seal.mac = json.value(QStringLiteral("mac")).toString();
    return seal;
}

} // namespace rollcall::audit
