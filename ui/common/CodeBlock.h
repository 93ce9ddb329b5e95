#pragma once

#include <QPlainTextEdit>

#include "ui/common/Theme.h"

namespace rollcall::common {

/// Read-only code, statements or addresses in JetBrains Mono on a sunken ground, as high as its lines up to a limit,
/// then it scrolls. The text can be selected and copied, so nothing secret belongs in it. **Thread-safety:** GUI thread
/// only.
class CodeBlock final : public QPlainTextEdit
{
    Q_OBJECT

public:
    /// @p theme outlives the block.
    explicit CodeBlock(const Theme &theme, QWidget *parent = nullptr);

    /// Replaces the text and fits the height.
    void setText(const QString &text);
    /// The most lines shown at once; default 12.
    void setMaximumLines(int lines);

protected:
    void resizeEvent(QResizeEvent *event) override;
    /// Tab moves on: nothing can be typed here.
    // NOLINTNEXTLINE(bugprone-parent-virtual-call): QPlainTextEdit's own would keep the Tab
    bool focusNextPrevChild(bool next) override { return QWidget::focusNextPrevChild(next); }

private:
    void fit();

    QFont m_font;
    int m_maximumLines = 12;
};

} // namespace rollcall::common
