#pragma once

#include <vector>

#include "core/store/schema/Catalogue.h"
#include "core/store/schema/SchemaProfile.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// A reading of the tables as an Auth.js layout, and how well it fits.
struct SchemaCandidate
{
    SchemaProfile profile; ///< encoding and warnings not yet filled: they need the data
    int score = 0;
};

/// Candidates for sessions, users and accounts in @p tables by names, types and keys, the best first and one for each
/// sessions table. Empty where no table could hold sessions. **Source:** facts/database-schemas.md §8, steps 1 to 4
/// and 7.
/// **Thread-safety:** reentrant.
[[nodiscard]] std::vector<SchemaCandidate> rankSchemas(const std::vector<TableInfo> &tables, DatabaseKind kind);

/// Whether @p candidate is a table called after sessions with columns of unknown names, or one that nothing calls after
/// sessions, or something else: it is offered for somebody to say, and stands for nothing until then.
[[nodiscard]] bool isGuess(const SchemaProfile &candidate);

/// Those of @p candidates that are no guesses; their number.
[[nodiscard]] qint64 recognised(const std::vector<SchemaProfile> &candidates);

/// Why none of @p candidates, some of them recognised, is taken without asking: which they are, and of one alone what
/// speaks against it.
[[nodiscard]] base::Error ambiguity(const std::vector<SchemaProfile> &candidates);

/// Step 5: whether the first of @p ranked is sure enough to be taken without asking.
[[nodiscard]] bool isSure(const std::vector<SchemaCandidate> &ranked);

} // namespace rollcall::store
