#pragma once

#include <QString>
#include <QStringList>

#include <optional>

#include "core/audit/AuditEntry.h"
#include "ui/common/States.h"

namespace rollcall::audit {

/// What was done, in words: "Revoked", "Revoke, intent", "Canary made". An action unknown here stands as written.
[[nodiscard]] QString actText(const AuditEntry &entry);

/// All counts in words ("3 revoked"), what was meant before what came of it. A key unknown here stands as written.
[[nodiscard]] QStringList countTexts(const AuditEntry &entry);

/// What it was done to, for one line: the counts of rows that are not zero.
[[nodiscard]] QString whatText(const AuditEntry &entry);

/// The answer of the deployment, as icon and words.
struct Proof
{
    common::State state = common::State::Skipped;
    QString words;
};

/// What the entry's verification says; nullopt where it has none, or nothing was checked.
[[nodiscard]] std::optional<Proof> proofOf(const AuditEntry &entry);

/// An act in one line, with an icon that stands for it.
struct ActSummary
{
    common::Icon icon;
    common::ColorToken tint;
    QString words; ///< "Revoked 12 of 12, 12 of 12 refused"
};

/// @p entry is the newest of its operation: an intent alone says that it has not ended.
[[nodiscard]] ActSummary summaryOf(const AuditEntry &entry);

/// A hash shortened so that it shows: "b41d 7e02 66aa … 90f1"; empty stays empty.
[[nodiscard]] QString shortHash(const QString &hash);

/// The moment: "13:44:02" today, else day and minute.
[[nodiscard]] QString whenText(base::Instant at, base::Instant now);

/// "gideon@desk-7" → "gideon, on host desk-7".
[[nodiscard]] QString actorText(const QString &actor);

} // namespace rollcall::audit
