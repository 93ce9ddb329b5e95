#include "ui/connect/LegFinding.h"

#include <QHBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::connect {

using common::Button;
using common::ColorToken;
using common::Label;
using std::chrono::duration_cast;
using std::chrono::seconds;

LegFinding::LegFinding(const common::Theme &theme, const QString &leg, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_leg(leg),
      m_headline(new common::StateLabel(theme, common::State::NotReached)),
      m_limit(new Label(theme, {}, common::FontToken::Body, ColorToken::Muted)),
      m_cancel(new Button(theme, tr("Cancel"), common::ButtonKind::Link)),
      m_detail(new Label(theme)),
      m_remedy(new Label(theme, {}, common::FontToken::Body, ColorToken::Muted)),
      m_fix(new Button(theme, {}, common::ButtonKind::Normal))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    auto *head = new QHBoxLayout;
    head->setSpacing(common::space::s);
    m_headline->setStrong(true);
    m_headline->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    head->addWidget(m_headline);
    head->addWidget(m_limit);
    head->addWidget(m_cancel);
    head->addStretch();
    column->addLayout(head);
    for (Label *label : {m_detail, m_remedy}) {
        label->setWordWrap(true);
        label->setSelectable();
        column->addWidget(label);
    }
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(0, common::space::xs, 0, 0);
    foot->addWidget(m_fix);
    foot->addStretch();
    column->addLayout(foot);
    m_cancel->setAccessibleName(tr("Cancel testing: %1").arg(leg));
    // As high as a field beside it: the line does not jump when Cancel comes.
    m_headline->setMinimumHeight(common::measure::control);
    connect(m_fix, &Button::clicked, this, &LegFinding::fixRequested);
    connect(m_cancel, &Button::clicked, this, &LegFinding::cancelRequested);
    display({});
}

void LegFinding::display(const Finding &finding)
{
    if (m_shown && m_finding == finding)
        return; // a selection in the words, or a button being pressed, stays as it is
    m_shown = true;
    m_finding = finding;
    m_limit->hide();
    m_cancel->hide();
    m_headline->setVisible(!finding.headline.isEmpty());
    if (!finding.headline.isEmpty())
        m_headline->setState(finding.state, finding.headline);
    m_detail->setText(finding.detail);
    m_detail->setTint(finding.headline.isEmpty() ? ColorToken::Muted : ColorToken::Text);
    m_detail->setContentsMargins(0, finding.headline.isEmpty() ? common::space::xs : 0, 0, 0);
    m_detail->setVisible(!finding.detail.isEmpty());
    m_remedy->setText(finding.remedy);
    m_remedy->setVisible(!finding.remedy.isEmpty());
    m_fix->setText(finding.fix);
    m_fix->setVisible(!finding.fix.isEmpty());
    setAccessibleName(
        QStringLiteral("%1: %2").arg(m_leg, finding.headline.isEmpty() ? finding.detail : finding.headline));
    setAccessibleDescription(finding.detail + QLatin1Char(' ') + finding.remedy);
}

void LegFinding::displayTesting(std::chrono::milliseconds elapsed, std::chrono::milliseconds limit)
{
    const auto whole = duration_cast<seconds>(elapsed).count();
    m_finding = {common::State::Testing, whole > 0 ? tr("Testing, %1 s").arg(whole) : tr("Testing"), {}, {}, {}};
    m_headline->setState(common::State::Testing, m_finding.headline);
    m_headline->show();
    m_limit->setText(tr("gives up after %1 s").arg(duration_cast<seconds>(limit).count()));
    m_limit->setVisible(whole > 0);
    m_cancel->setVisible(whole > 0);
    m_detail->hide();
    m_remedy->hide();
    m_fix->hide();
    setAccessibleName(QStringLiteral("%1: %2").arg(m_leg, m_finding.headline));
}

} // namespace rollcall::connect
