#include "ui/common/CodeBlock.h"

#include <QTextBlock>

#include "ui/common/Surface.h"

namespace rollcall::common {

CodeBlock::CodeBlock(const Theme &theme, QWidget *parent) : QPlainTextEdit(parent)
{
    setSurface(*this, Surface::Code);
    setReadOnly(true);
    setTabChangesFocus(true);
    setFont(theme.font(FontToken::Code));
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
}

void CodeBlock::setText(const QString &text)
{
    setPlainText(text);
    fit();
}

void CodeBlock::setMaximumLines(int lines)
{
    m_maximumLines = lines;
    fit();
}

void CodeBlock::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    fit();
}

void CodeBlock::fit()
{
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < m_maximumLines; block = block.next()) {
        lines += qMax(1, block.layout()->lineCount());
    }
    // 6 px padding and 1 px edge of the style sheet above and below, and the document's own margin.
    const int around = 2 * 7 + qRound(2 * document()->documentMargin());
    setFixedHeight(qMin(lines, m_maximumLines) * fontMetrics().lineSpacing() + around);
}

} // namespace rollcall::common
