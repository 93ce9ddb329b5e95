#include "ui/revoke/StepList.h"

#include <QPainter>
#include <QVBoxLayout>

#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {
constexpr int markerSize = 20;
constexpr int textLeft = 32;
constexpr int gap = 10;
} // namespace

StepList::StepList(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(textLeft, 0, 0, 0);
    m_layout->setSpacing(gap);
    connect(&theme, &common::Theme::changed, this, qOverload<>(&QWidget::update));
}

void StepList::addStep(const QString &what, const QString &remark, const QString &code)
{
    auto *step = new QWidget;
    step->setAccessibleName(tr("Step %1: %2 %3").arg(m_steps.size() + 1).arg(what, remark));
    auto *column = new QVBoxLayout(step);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(common::space::xs);
    auto *head = new Label(m_theme, what);
    head->setWordWrap(true);
    head->setMinimumHeight(markerSize);
    column->addWidget(head);
    if (!remark.isEmpty()) {
        auto *muted = new Label(m_theme, remark, FontToken::Status, ColorToken::Muted);
        muted->setWordWrap(true);
        column->addWidget(muted);
    }
    if (!code.isEmpty()) {
        auto *box = new Label(m_theme, code, FontToken::Code);
        box->setSelectable();
        box->setWordWrap(true);
        common::setSurface(*box, common::Surface::Code);
        column->addWidget(box);
    }
    m_layout->addWidget(step);
    m_steps << step;
}

void StepList::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.font(FontToken::Small));
    for (qsizetype i = 0; i < m_steps.size(); ++i) {
        const int top = m_steps.at(i)->y();
        const QRectF marker(0.5, top + 0.5, markerSize - 1, markerSize - 1);
        if (i + 1 < m_steps.size()) {
            painter.setPen(QPen(m_theme.color(ColorToken::LineStrong), 1));
            painter.drawLine(QPointF(markerSize / 2.0, marker.bottom()),
                             QPointF(markerSize / 2.0, m_steps.at(i + 1)->y()));
        }
        painter.setPen(QPen(m_theme.color(ColorToken::Field), 1));
        painter.drawEllipse(marker);
        painter.setPen(m_theme.color(ColorToken::Text));
        painter.drawText(marker, Qt::AlignCenter, QString::number(i + 1));
    }
}

} // namespace rollcall::revoke
