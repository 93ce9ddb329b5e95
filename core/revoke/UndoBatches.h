#pragma once

#include <functional>

#include "core/revoke/KeptRowBytes.h"
#include "core/revoke/OperationSeal.h"

namespace rollcall::revoke {

/// Where a sealed batch stands in the file of an undo record's rows.
struct BatchPlace
{
    qint64 at = 0; ///< of its first sealed byte
    qint64 length = 0;
};

/// How far such a file is good.
struct OpenedBatches
{
    qint64 bytes = 0;                  ///< to the end of the last batch that opens
    qint64 rest = 0;                   ///< what follows
    std::optional<base::Error> damage; ///< why a batch before that does not open, or why none does
};

/// The file of the rows of the record of operation @p id in @p folder.
[[nodiscard]] QString undoRowsPath(const QString &folder, const QString &id);

/// What a batch of the record of operation @p id is sealed as.
[[nodiscard]] QByteArray undoBatchName(const QString &id);

/// Gives the batches in the file @p path that open to @p take, in their order, with one of them in memory at a time.
/// What follows the last whole one is left out: a file that a crash made longer without its content has zeros there.
/// Errors: FileUnreadable, FileFormatInvalid (one that opens is of another version). **Thread-safety:** reentrant.
[[nodiscard]] base::Result<OpenedBatches>
openBatches(const QString &path, const QString &id, const OperationSeal &seal,
            const std::function<void(KeptBatch batch, BatchPlace place)> &take);

/// The batch at @p place in the file @p path. Errors: FileUnreadable, FileFormatInvalid. **Thread-safety:** reentrant.
[[nodiscard]] base::Result<KeptBatch> openBatch(const QString &path, BatchPlace place, const QString &id,
                                                const OperationSeal &seal);

} // namespace rollcall::revoke
