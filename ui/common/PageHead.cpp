#include "ui/common/PageHead.h"

#include <QVBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::common {

PageHead::PageHead(const Theme &theme, const QString &title, int spacing, QWidget *parent)
    : QWidget(parent), m_row(new QHBoxLayout(this))
{
    setFixedHeight(measure::pageHead);
    m_row->setContentsMargins(space::l, space::m, space::l, space::s);
    m_row->setSpacing(spacing);
    m_row->addWidget(new Label(theme, title, FontToken::Title));
}

void addInset(QVBoxLayout &column, QWidget *widget)
{
    auto *inset = new QVBoxLayout;
    inset->setContentsMargins(space::l, 0, space::l, 0);
    inset->addWidget(widget);
    column.addLayout(inset);
}

} // namespace rollcall::common
