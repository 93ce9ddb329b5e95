#include "core/audit/AuditEntry.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QMessageAuthenticationCode>

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
                     {QStringLiteral("hash"), hash},
                     {QStringLiteral("mac"), mac}};
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
    entry.mac = text("mac");
    // Members that we do not know, or another order of them, are not what append() wrote.
    if (entry.toLine() != line)
        return std::nullopt;
    return entry;
}

QString AuditEntry::computeHash() const
{
    QJsonObject json = toJson();
    json.remove(QStringLiteral("hash"));
    json.remove(QStringLiteral("mac"));
    const QByteArray canonical = QJsonDocument(json).toJson(QJsonDocument::Compact);
    return QString::fromLatin1(QCryptographicHash::hash(canonical, QCryptographicHash::Sha256).toHex());
}

QString keyedDigest(const QByteArray &text, const base::SecretBytes &key)
{
    return QString::fromLatin1(
        QMessageAuthenticationCode::hash(text, key.view().toByteArray(), QCryptographicHash::Sha256).toHex());
}

QString keyIdOf(const base::SecretBytes &key)
{
    return key.fingerprint().text();
}

} // namespace rollcall::audit
