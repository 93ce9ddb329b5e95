#pragma once

#include <QString>
#include <QStringList>

#include "core/store/SessionQuery.h"

namespace rollcall::sessions {

/// What a filter text means: the query, or what is wrong with the text.
struct ParsedFilter
{
    store::SessionQuery query;
    QStringList chips; ///< the filter in words, one chip a condition; empty where nothing is filtered
    QString problem;   ///< for people; empty where the text is understood
};

/// Reads the filter field's plain syntax: `state:live|expired|orphan|all`, `provider:NAME`, `user:ID-or-e-mail`,
/// `expires<24h`, `expires>7d` (from now), quoted or bare words for part of a name or e-mail. An empty text lists live
/// sessions. @p now is what relative times count from. **Thread-safety:** reentrant.
[[nodiscard]] ParsedFilter parseFilter(const QString &text, base::Instant now);

} // namespace rollcall::sessions
