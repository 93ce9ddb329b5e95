#pragma once

#include <QStringList>

#include <vector>

#include "tests/differential/Json.h"

namespace rollcall::differential {

/// Both sides' answers to one request, made comparable: what is random (IV, jti, csrf) is checked and replaced.
struct Comparison
{
    QStringList where; ///< the members in which they differ, sorted: "/endpoint/body"; empty where they agree
    QByteArray theirs; ///< JSON
    QByteArray ours;   ///< JSON
    [[nodiscard]] bool agrees() const { return where.isEmpty(); }
    /// Requests (kind "decode") for tokens that we sealed, and the claims that the packages must find in them.
    std::vector<std::pair<JsonValue, QString>> sealed;
};

/// Compares the packages' answer with ours. **Thread-safety:** thread-safe.
[[nodiscard]] Comparison compare(const JsonValue &request, const JsonValue &theirs, const JsonValue &ours);

/// In one word what an answer came to: for the table.
[[nodiscard]] QString outcomeOf(const JsonValue &request, const JsonValue &answer);

} // namespace rollcall::differential
