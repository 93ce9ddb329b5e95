#include "core/audit/AuditEntry.h"

#include <QCryptographicHash>
#include <QJsonDocument>

namespace rollcall::audit {

QString phaseName(Phase phase)
{
    return phase == Phase::Intent ? QStringLiteral("intent") : QStringLiteral("outcome");
}

QJsonObject AuditEntry::toJson() const
{
    QJsonObject json{{QStringLiteral("seq"), seq},
                     {QStringLiteral("at"), base::toIso(at)},
                     {QStringLiteral("operation"), operation},
                     {QStringLiteral("phase"), phaseName(phase)},
                     {QStringLiteral("action"), action},
                     {QStringLiteral("actor"), actor},
                     {QStringLiteral("connection"), connection},
                     {QStringLiteral("reason"), reason},
                     {QStringLiteral("planDigest"), planDigest},
                     {QStringLiteral("counts"), counts},
                     {QStringLiteral("verification"), verification ? QJsonValue(*verification) : QJsonValue()},
                     {QStringLiteral("previousHash"), previousHash},
                     {QStringLiteral("keyId"), keyId},
                     {QStringLiteral("hash"), hash}};
    if (!signature.isEmpty())
        json.insert(QStringLiteral("signature"), signature);
    if (!note.isEmpty())
        json.insert(QStringLiteral("note"), note);
    return json;
}

QByteArray AuditEntry::toLine() const
{
    // QJsonObject keeps its members sorted, so its compact form is canonical.
    return QJsonDocument(toJson()).toJson(QJsonDocument::Compact);
}

std::optional<AuditEntry> AuditEntry::fromLine(const QByteArray &line)
{
    const QJsonObject json = QJsonDocument::fromJson(line).object();
    const auto text = [&](const char *key) { return json.value(QLatin1StringView(key)).toString(); };
    AuditEntry entry;
    entry.seq = json.value(QStringLiteral("seq")).toInteger();
    const auto at = base::parseTime(text("at"), {});
    if (!at)
        return std::nullopt;
    entry.at = *at;
    entry.operation = text("operation");
    entry.phase = text("phase") == phaseName(Phase::Outcome) ? Phase::Outcome : Phase::Intent;
    entry.action = text("action");
    entry.actor = text("actor");
    entry.connection = text("connection");
    entry.reason = text("reason");
    entry.planDigest = text("planDigest");
    entry.counts = json.value(QStringLiteral("counts")).toObject();
    if (const QJsonValue verification = json.value(QStringLiteral("verification")); verification.isObject())
        entry.verification = verification.toObject();
    entry.note = text("note");
    entry.previousHash = text("previousHash");
    entry.keyId = text("keyId");
    entry.hash = text("hash");
    entry.signature = text("signature");
    // Members that we do not know, or another order of them, are not what append() wrote.
    if (entry.toLine() != line)
        return std::nullopt;
    return entry;
}

QString AuditEntry::computeHash() const
{
    QJsonObject json = toJson();
    for (const char *name : {"hash", "signature"})
        json.remove(QLatin1StringView(name));
    const QByteArray canonical = QJsonDocument(json).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(QCryptographicHash::hash(canonical, QCryptographicHash::Sha256).toHex());
}

base::Result<QString> signatureOf(const QByteArray &text, const base::SigningKey &key)
{
    const auto signature = key.sign(text);
    if (!signature)
        return base::fail(signature.error());
    return QString::fromLatin1(signature->toBase64());
}

bool isSigned(const QByteArray &text, const QString &signature, const base::PublicKey &key)
{
    const auto bytes = QByteArray::fromBase64Encoding(signature.toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    // One spelling alone, so that no character of it can be changed unnoticed.
    return bytes && QString::fromLatin1((*bytes).toBase64()) == signature && key.hasSigned(text, *bytes);
}

QString keyIdOf(const base::PublicKey &key)
{
    return base::Fingerprint::of(key.bytes()).text();
}

} // namespace rollcall::audit
