#pragma once

#include "core/probe/RunDocument.h"
#include "ui/common/Sheet.h"

namespace rollcall::latency {

/// Everything that is known of a run: its sentences, its budgets, and how it was measured. **Thread-safety:** GUI
/// thread only.
class RunRecordSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Both are borrowed; @p document is read now.
    RunRecordSheet(const common::Theme &theme, QWidget &origin, const probe::RunDocument &document);
};

} // namespace rollcall::latency
