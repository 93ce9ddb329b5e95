#pragma once

#include <span>

#include "core/store/SchemaSql.h"
#include "core/store/StoreInspector.h"

namespace rollcall::store {

/// The statement that sorts all sessions into the buckets between @p edges (ascending, one at least) by one pass: rows
/// of bucket, count, first and last expiry. **Thread-safety:** reentrant.
[[nodiscard]] SqlStatement histogramStatement(const SchemaSql &schema, std::span<const base::Instant> edges);

/// Adds one of its rows to @p histogram, whose buckets are there already.
void addHistogramRow(const SchemaSql &schema, const SqlRow &row, ExpiryHistogram &histogram);

} // namespace rollcall::store
