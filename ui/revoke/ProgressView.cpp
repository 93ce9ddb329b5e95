#include "ui/revoke/ProgressView.h"

#include <QProgressBar>
#include <QVBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::revoke {

ProgressView::ProgressView(const common::Theme &theme, qint64 rows, const QString &name, QWidget *parent)
    : QWidget(parent),
      m_step(new common::Label(theme, tr("Writing the intent to the audit log"))),
      m_bar(new QProgressBar)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->setSpacing(common::space::m);
    column->addWidget(m_step);
    m_bar->setRange(0, static_cast<int>(rows));
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(name);
    column->addWidget(m_bar);
}

void ProgressView::display(const RevocationProgress &progress)
{
    m_bar->setValue(static_cast<int>(progress.done));
    m_step->setText(progress.step);
}

} // namespace rollcall::revoke
