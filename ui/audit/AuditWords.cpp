#include "ui/audit/AuditWords.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QHash>
#include <QLocale>

#include <array>

#include "ui/common/RelativeTime.h"

namespace rollcall::audit {

namespace {

QString tr(const char *text, const char *meaning = nullptr)
{
    return QCoreApplication::translate("AuditWords", text, meaning);
}

QString number(qint64 value)
{
    return QLocale().toString(value);
}

struct ActWords
{
    const char *action;
    const char *intent;
    const char *outcome;
};

constexpr std::array<ActWords, 19> actWords{{
    {"sessions.revoke", QT_TRANSLATE_NOOP("AuditWords", "Revoke, intent"), QT_TRANSLATE_NOOP("AuditWords", "Revoked")},
    {"sessions.prune", QT_TRANSLATE_NOOP("AuditWords", "Prune, intent"), QT_TRANSLATE_NOOP("AuditWords", "Pruned")},
    {"sessions.restore", QT_TRANSLATE_NOOP("AuditWords", "Restore, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Restored")},
    {"sessions.resurrected", QT_TRANSLATE_NOOP("AuditWords", "Revoked session back, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Revoked session came back")},
    {"sessions.reveal", QT_TRANSLATE_NOOP("AuditWords", "Reveal, intent"), QT_TRANSLATE_NOOP("AuditWords", "Revealed")},
    {"personal.reveal", QT_TRANSLATE_NOOP("AuditWords", "Show names and e-mails, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Names and e-mails shown")},
    {"token.mint", QT_TRANSLATE_NOOP("AuditWords", "Make canary, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Canary made")},
    {"token.remove", QT_TRANSLATE_NOOP("AuditWords", "Remove canary, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Canary removed")},
    {"operations.discard", QT_TRANSLATE_NOOP("AuditWords", "End an operation, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Operation ended where it stood")},
    {"cache.purge", QT_TRANSLATE_NOOP("AuditWords", "Purge cached copies, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Cached copies purged")},
    {"rule.set", QT_TRANSLATE_NOOP("AuditWords", "Set a not-before rule, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Not-before rule set")},
    {"rule.remove", QT_TRANSLATE_NOOP("AuditWords", "Remove a not-before rule, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Not-before rule removed")},
    {"rule.verify", QT_TRANSLATE_NOOP("AuditWords", "Prove the not-before rule, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Not-before rule tried")},
    {"latency.propagation", QT_TRANSLATE_NOOP("AuditWords", "Time revocations, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Revocations timed")},
    {"connection.remove", QT_TRANSLATE_NOOP("AuditWords", "Forget a connection, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Connection forgotten")},
    {"connection.move", QT_TRANSLATE_NOOP("AuditWords", "Give a connection another place, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Connection given another place")},
    {"connection.loosen", QT_TRANSLATE_NOOP("AuditWords", "Demand less of a connection, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Less demanded of a connection")},
    {"connection.approvers", QT_TRANSLATE_NOOP("AuditWords", "List other approvers, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Other approvers listed")},
    {"sessions.resolve", QT_TRANSLATE_NOOP("AuditWords", "Resolve with effects, intent"),
     QT_TRANSLATE_NOOP("AuditWords", "Resolved with effects")},
}};

/// The order in which counts are told: what was meant, what was done, what was not.
constexpr std::array<std::pair<const char *, const char *>, 14> countWords{{
    {"matched", QT_TRANSLATE_NOOP("AuditWords", "%1 matched")},
    {"revoked", QT_TRANSLATE_NOOP("AuditWords", "%1 revoked")},
    {"returned", QT_TRANSLATE_NOOP("AuditWords", "%1 came back")},
    {"restored", QT_TRANSLATE_NOOP("AuditWords", "%1 restored")},
    {"skipped", QT_TRANSLATE_NOOP("AuditWords", "%1 skipped")},
    {"failed", QT_TRANSLATE_NOOP("AuditWords", "%1 failed")},
    {"unknown", QT_TRANSLATE_NOOP("AuditWords", "%1 not known")},
    {"users", QT_TRANSLATE_NOOP("AuditWords", "%1 users")},
    {"rules", QT_TRANSLATE_NOOP("AuditWords", "%1 rules")},
    {"connections", QT_TRANSLATE_NOOP("AuditWords", "%1 connections")},
    {"keys", QT_TRANSLATE_NOOP("AuditWords", "%1 keys found")},
    {"purged", QT_TRANSLATE_NOOP("AuditWords", "%1 purged")},
    {"cachePurged", QT_TRANSLATE_NOOP("AuditWords", "%1 purged from the cache")},
    {"batches", QT_TRANSLATE_NOOP("AuditWords", "%1 batches")},
}};

qint64 count(const QJsonObject &json, const char *key)
{
    return json.value(QLatin1String(key)).toInteger();
}

QString countText(const QString &key, qint64 value)
{
    for (const auto &[name, words] : countWords) {
        if (key == QLatin1String(name))
            return tr(words).arg(number(value));
    }
    return QStringLiteral("%1 %2").arg(number(value), key);
}

QStringList orderedKeys(const QJsonObject &counts)
{
    QStringList keys;
    for (const auto &[name, words] : countWords) {
        if (counts.contains(QLatin1String(name)))
            keys << QLatin1String(name);
    }
    for (const QString &key : counts.keys()) {
        // What is no number counts nothing: a flag beside the counts.
        if (!keys.contains(key) && counts.value(key).isDouble())
            keys << key;
    }
    return keys;
}

} // namespace

QString actText(const AuditEntry &entry)
{
    const bool intent = entry.phase == Phase::Intent;
    for (const ActWords &words : actWords) {
        if (entry.action == QLatin1String(words.action))
            return tr(intent ? words.intent : words.outcome);
    }
    return intent ? tr("%1, intent").arg(entry.action) : entry.action;
}

QStringList countTexts(const AuditEntry &entry)
{
    QStringList texts;
    for (const QString &key : orderedKeys(entry.counts))
        texts << countText(key, entry.counts.value(key).toInteger());
    return texts;
}

QString whatText(const AuditEntry &entry)
{
    QStringList parts;
    for (const QString &key : orderedKeys(entry.counts)) {
        // What was purged beside the rows and how the work was cut up is for the details; an outcome's own figures say
        // more than what was matched before it.
        const bool aside =
            key == QLatin1String("batches") || key == QLatin1String("cachePurged") ||
            (key == QLatin1String("matched") && entry.phase == Phase::Outcome && entry.counts.size() > 1);
        if (const qint64 value = entry.counts.value(key).toInteger(); value > 0 && !aside)
            parts << countText(key, value);
    }
    return parts.isEmpty() && !entry.counts.isEmpty() ? tr("nothing") : parts.join(QStringLiteral(", "));
}

std::optional<Proof> proofOf(const AuditEntry &entry)
{
    if (!entry.verification)
        return std::nullopt;
    const QJsonObject &json = *entry.verification;
    const qint64 refused = count(json, "refused");
    const qint64 accepted = count(json, "stillAccepted");
    const qint64 unchecked = count(json, "unchecked");
    const qint64 checked = std::max(count(json, "checked"), refused + accepted + unchecked);
    if (checked == 0)
        return std::nullopt;
    if (accepted > 0)
        return Proof{common::State::StillAccepted,
                     tr("%1 of %2 still accepted").arg(number(accepted), number(checked))};
    if (unchecked > 0)
        return Proof{common::State::Warning, tr("%1 of %2 not checked").arg(number(unchecked), number(checked))};
    return Proof{common::State::VerifiedRefused, tr("%1 of %2 refused").arg(number(refused), number(checked))};
}

ActSummary summaryOf(const AuditEntry &entry)
{
    static const QHash<QString, common::Icon> icons{
        {QStringLiteral("sessions.revoke"), common::Icon::Revoked},
        {QStringLiteral("sessions.prune"), common::Icon::Prune},
        {QStringLiteral("sessions.restore"), common::Icon::Undo},
        {QStringLiteral("sessions.resurrected"), common::Icon::Warn},
        {QStringLiteral("sessions.reveal"), common::Icon::Eye},
        {QStringLiteral("personal.reveal"), common::Icon::Eye},
        {QStringLiteral("token.mint"), common::Icon::Canary},
        {QStringLiteral("token.remove"), common::Icon::Canary},
    };
    if (entry.phase == Phase::Intent)
        return {common::Icon::Warn, common::ColorToken::Warn, tr("%1: no end on record").arg(actText(entry))};
    QString words = actText(entry);
    for (const char *done : {"revoked", "restored"}) {
        if (entry.action.startsWith(QLatin1String("sessions.")) && entry.counts.contains(QLatin1String(done)))
            words = tr("%1 %2 of %3", "Revoked 12 of 12")
                        .arg(words, number(count(entry.counts, done)), number(count(entry.counts, "matched")));
    }
    const auto proof = proofOf(entry);
    if (!proof)
        return {icons.value(entry.action, common::Icon::Audit), common::ColorToken::Muted, words};
    const common::StateLook look = common::lookOf(proof->state);
    return {look.icon, look.iconTint, QStringLiteral("%1, %2").arg(words, proof->words)};
}

QString shortHash(const QString &hash)
{
    constexpr qsizetype group = 4;
    constexpr qsizetype head = 3 * group;
    QStringList groups;
    const bool cut = hash.size() > head + 2 * group;
    const QString shown = cut ? hash.first(head) : hash;
    for (qsizetype i = 0; i < shown.size(); i += group)
        groups << shown.mid(i, group);
    if (cut)
        groups << QString(QChar(0x2026)) << hash.last(group);
    return groups.join(QLatin1Char(' '));
}

QString whenText(base::Instant at, base::Instant now)
{
    const auto day = [](base::Instant instant) {
        return QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count()).date();
    };
    return day(at) == day(now) ? common::clockText(at) : common::exactText(at, now);
}

QString actorText(const QString &actor)
{
    const qsizetype at = actor.lastIndexOf(QLatin1Char('@'));
    return at < 1 ? actor : tr("%1, on host %2").arg(actor.first(at), actor.mid(at + 1));
}

} // namespace rollcall::audit
