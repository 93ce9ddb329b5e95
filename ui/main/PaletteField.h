#pragma once

#include <QAbstractButton>

#include "ui/common/Theme.h"

namespace rollcall::main {

/// The field in the corner of the menu bar that opens the command palette. **Thread-safety:** GUI thread only.
class PaletteField final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the field.
    explicit PaletteField(const common::Theme &theme, QWidget *parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {240, 26}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
};

} // namespace rollcall::main
