#pragma once

#include <QWidget>

#include "core/audit/AuditLog.h"
#include "ui/common/Theme.h"

namespace rollcall::audit {

/// A drawing of the chain: rings on a line from the first entry to the last, a diamond where it is sealed, a gap and a
/// cross where it is broken. The words beside it say the same. **Thread-safety:** GUI thread only.
class ChainStrip final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the strip.
    explicit ChainStrip(const common::Theme &theme, QWidget *parent = nullptr);

    void display(const AuditState &state);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    AuditState m_state;
};

} // namespace rollcall::audit
