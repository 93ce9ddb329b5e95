#pragma once

#include <vector>

#include <QWidget>

#include "core/revoke/RevocationReport.h"
#include "ui/common/Theme.h"

namespace rollcall::revoke {

/// What was done and when, a line each; of many the first and the last. **Thread-safety:** GUI thread only.
class DoneLog final : public QWidget
{
    Q_OBJECT

public:
    /// Lines shown at most.
    static constexpr std::size_t mostLines = 40;

    /// @p theme outlives the list.
    DoneLog(const common::Theme &theme, const std::vector<Done> &log, QWidget *parent = nullptr);
};

} // namespace rollcall::revoke
