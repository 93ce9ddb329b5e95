#include "core/revoke/RevocationReport.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace rollcall::revoke {

void VerificationReport::add(const RowReport &row)
{
    switch (row.proof) {
    case ProofOutcome::NotAsked:
        return;
    case ProofOutcome::Refused:
        refused += 1;
        break;
    case ProofOutcome::StillAccepted:
        // Of one it is not known: so it is not known when the last one ends.
        acceptedUntil = row.acceptedUntil && (stillAccepted == 0 || acceptedUntil)
                            ? std::max(acceptedUntil, row.acceptedUntil)
                            : std::nullopt;
        stillAccepted += 1;
        break;
    case ProofOutcome::Unchecked:
        unchecked += 1;
        uncheckedBecause[row.answer] += 1;
        break;
    }
    timeToEffect = std::max(timeToEffect, row.refusedAfter);
}

void VerificationReport::finish()
{
    checked = refused + stillAccepted;
    // Of those that were not asked nothing is known: they are no part of a random sample.
    if (sampledOf && checked > 0 && stillAccepted == 0 && unchecked == 0)
        mostStillAccepted = 1 - std::pow(0.05, 1.0 / static_cast<double>(checked));
}

QJsonObject VerificationReport::recordJson() const
{
    QJsonObject json{{QStringLiteral("checked"), checked},
                     {QStringLiteral("refused"), refused},
                     {QStringLiteral("stillAccepted"), stillAccepted},
                     {QStringLiteral("unchecked"), unchecked}};
    json.insert(QStringLiteral("controlAccepted"), controlAccepted ? QJsonValue(*controlAccepted) : QJsonValue());
    if (!whyNoControl.isEmpty())
        json.insert(QStringLiteral("whyNoControl"), whyNoControl);
    if (unchecked > 0)
        json.insert(QStringLiteral("uncheckedBecause"), becauseJson());
    if (acceptedUntil)
        json.insert(QStringLiteral("acceptedUntil"), base::toIso(*acceptedUntil));
    if (sampledOf)
        json.insert(QStringLiteral("sampledOf"), *sampledOf);
    if (mostStillAccepted)
        json.insert(QStringLiteral("mostStillAccepted"), *mostStillAccepted);
    return json;
}

QString VerificationReport::because() const
{
    if (uncheckedBecause.size() == 1)
        return uncheckedBecause.firstKey();
    QStringList reasons;
    for (auto it = uncheckedBecause.cbegin(); it != uncheckedBecause.cend(); ++it)
        reasons << QStringLiteral("%1: %2").arg(it.value()).arg(it.key());
    return reasons.join(QStringLiteral("; "));
}

QJsonObject VerificationReport::becauseJson() const
{
    QJsonObject json;
    for (auto it = uncheckedBecause.cbegin(); it != uncheckedBecause.cend(); ++it)
        json.insert(it.key(), it.value());
    return json;
}

qint64 RevocationReport::count(RowOutcome outcome) const
{
    return std::ranges::count(rows, outcome, &RowReport::outcome);
}

qint64 RevocationReport::stillHeld() const
{
    std::set<base::Fingerprint> held;
    for (const RowReport &row : rows) {
        if (row.stillHeld)
            held.insert(row.fingerprint);
    }
    return std::ssize(held);
}

QStringList RevocationReport::notEnded() const
{
    QStringList sentences;
    if (const qint64 changed = count(RowOutcome::Changed); changed == 1) {
        sentences << QStringLiteral("1 row was left alone and its session lives on: since the plan was made it has "
                                    "become another user's.");
    } else if (changed > 1) {
        sentences << QStringLiteral("%1 rows were left alone and their sessions live on: since the plan was made they "
                                    "have become other users'.")
                         .arg(changed);
    }
    if (const qint64 held = stillHeld(); held == 1) {
        sentences << QStringLiteral("1 session is still accepted: another row holds its token too, of another user or "
                                    "newer than the plan.");
    } else if (held > 1) {
        sentences << QStringLiteral(
                         "%1 sessions are still accepted: other rows hold their tokens too, of other users or "
                         "newer than the plan.")
                         .arg(held);
    }
    return sentences;
}

} // namespace rollcall::revoke
