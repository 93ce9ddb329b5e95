#pragma once

#include "ui/common/TableView.h"

namespace rollcall::audit {

/// Draws the first column of the audit table: the entry's link in the chain, and its number. A whole link is a ring on
/// a line; the broken one a cross in a gap; what comes after it hangs on nothing. **Thread-safety:** GUI thread only.
class ChainDelegate final : public common::TableDelegate
{
    Q_OBJECT

public:
    using TableDelegate::TableDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace rollcall::audit
