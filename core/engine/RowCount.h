#pragma once

#include <vector>

#include "core/base/Result.h"

namespace rollcall::engine {

/// @p rows, if they are one for each of @p asked tokens. They come from an application's own adapter, which may break
/// its promise; which row would be whose is then not known. Errors: those of @p rows, Internal (another number).
/// **Thread-safety:** pure.
template <typename Row>
[[nodiscard]] base::Result<std::vector<Row>> oneForEach(std::size_t asked, base::Result<std::vector<Row>> rows)
{
    if (!rows || rows->size() == asked)
        return rows;
    return base::fail(base::Error(base::ErrorCode::Internal)
                          .with(base::ErrorParam::Detail,
                                QStringLiteral("the adapter gave %1 rows for %2 tokens").arg(rows->size()).arg(asked)));
}

} // namespace rollcall::engine
