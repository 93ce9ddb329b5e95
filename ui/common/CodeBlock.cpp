#include "ui/common/CodeBlock.h"

#include <QAbstractTextDocumentLayout>
#include <QTextBlock>

#include "ui/common/Surface.h"

namespace rollcall::common {

CodeBlock::CodeBlock(const Theme &theme, QWidget *parent) : QPlainTextEdit(parent), m_font(theme.font(FontToken::Code))
{
    setSurface(*this, Surface::Code);
    setReadOnly(true);
    setTabChangesFocus(true);
    document()->setDefaultFont(m_font); // the style sheet sets the same one, but only when the widget is first shown
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
    const QFontMetrics metrics(m_font);
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < m_maximumLines; block = block.next()) {
        // Asking for the rectangle lays the block out; its own line count may not be known yet.
        const qreal height = document()->documentLayout()->blockBoundingRect(block).height();
        lines += qMax(1, qRound(height / metrics.lineSpacing()));
    }
    // 6 px padding and 1 px edge of the style sheet above and below, and the document's own margin.
    const int around = 2 * 7 + qRound(2 * document()->documentMargin());
    setFixedHeight(qMin(lines, m_maximumLines) * metrics.lineSpacing() + around + 2);
}

} // namespace rollcall::common
