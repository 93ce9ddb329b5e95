#pragma once

#include "core/store/KeptRows.h"

namespace rollcall::revoke {

/// Rows that were kept, and where they came from. Holds tokens. Move-only.
struct KeptBatch
{
    QString statement; ///< SessionStore::deleteStatement() of the store that deleted them: their schema and table
    std::vector<store::KeptRow> rows;
    std::vector<std::size_t> takenBack; ///< places of rows of earlier batches that were not deleted after all
};

/// A batch as bytes, with tokens in clear: to be sealed. **Thread-safety:** pure.
[[nodiscard]] base::SecretBytes keptRowBytes(const QString &statement, std::span<const store::KeptRow> rows,
                                             std::span<const std::size_t> takenBack = {});

/// What keptRowBytes() made. Errors: FileFormatInvalid. **Thread-safety:** pure.
[[nodiscard]] base::Result<KeptBatch> keptRowsOf(const base::SecretBytes &bytes);

} // namespace rollcall::revoke
