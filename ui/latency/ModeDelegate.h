#pragma once

#include "ui/common/TableView.h"

namespace rollcall::latency {

/// Paints the Mode column: a sample of the mode's line with its marker, and the word. **Thread-safety:** GUI thread
/// only.
class ModeDelegate final : public common::TableDelegate
{
    Q_OBJECT

public:
    using common::TableDelegate::TableDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace rollcall::latency
