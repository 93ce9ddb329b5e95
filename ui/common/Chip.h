#pragma once

#include <QAbstractButton>

#include "ui/common/Theme.h"

namespace rollcall::common {

/// One active filter in words, with a cross: clicked() (or Space, Enter, Delete) asks to remove it.
/// **Thread-safety:** GUI thread only.
class Chip final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the chip.
    explicit Chip(const Theme &theme, const QString &text, QWidget *parent = nullptr);

    /// Marks the filter that leaves nothing over.
    void setExcludesAll(bool excludesAll);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    const Theme &m_theme;
    bool m_excludesAll = false;
};

} // namespace rollcall::common
