#include "core/revoke/RevocationReport.h"

#include <QStringList>

#include <algorithm>
#include <cmath>

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

} // namespace rollcall::revoke
