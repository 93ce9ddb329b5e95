#pragma once

#include "core/store/schema/Catalogue.h"

namespace rollcall::store {

/// 16 hex digits that stand for names and types of all columns of the sessions table, whatever their order. A map that
/// was settled for these columns holds for no others: where they differ, somebody has to look again.
/// **Thread-safety:** reentrant.
[[nodiscard]] QString schemaFingerprint(const TableInfo &sessions);

} // namespace rollcall::store
