#include "ui/latency/VerdictBox.h"

#include <QPainter>
#include <QVBoxLayout>

#include "ui/common/Label.h"
#include "ui/common/Surface.h"
#include "ui/latency/VerdictText.h"

namespace rollcall::latency {

using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {
constexpr int boxHeight = 90;
} // namespace

VerdictBox::VerdictBox(const common::Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_headline(new Label(theme, {}, FontToken::Verdict)),
      m_remark(new Label(theme, {}, FontToken::Body, ColorToken::Muted))
{
    common::setSurface(*this, common::Surface::Card);
    setObjectName(QStringLiteral("verdict"));
    setFixedHeight(boxHeight);
    m_headline->setObjectName(QStringLiteral("verdictHeadline"));
    m_headline->setTextFormat(Qt::RichText);
    m_headline->setWordWrap(true);
    m_remark->setWordWrap(true);
    m_remark->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::xs);
    column->setSpacing(2);
    // Of one height, so that nothing below moves while a run goes on; fewer lines stand in its middle.
    column->addStretch(1);
    column->addWidget(m_headline);
    column->addWidget(m_remark);
    column->addStretch(1);
}

void VerdictBox::show(const probe::RunDocument *document, const QString &route, bool running)
{
    m_tint = running ? ColorToken::Info : ColorToken::Accent;
    update();
    if (document == nullptr) {
        m_headline->setText(running ? tr("No verdict yet: the first blocks warm connections up") : QString());
        m_remark->setText(running ? tr("Order and pace are fixed by the seed.") : QString());
        return;
    }
    const VerdictText text = verdictText(*document, route, running);
    const QString tail = QStringLiteral(" <span style=\"color:%1\">%2</span>")
                             .arg(m_theme.color(ColorToken::Muted).name(), text.tail.toHtmlEscaped());
    m_headline->setText(text.headline + (text.tail.isEmpty() ? QString() : tail));
    m_remark->setText(text.remark);
    m_remark->setToolTip(text.remark); // a narrow window may not show all of it
}

void VerdictBox::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.fillRect(QRect(0, 4, 3, height() - 8), m_theme.color(m_tint));
}

} // namespace rollcall::latency
