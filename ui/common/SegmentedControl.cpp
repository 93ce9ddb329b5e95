#include "ui/common/SegmentedControl.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace rollcall::common {

SegmentedControl::SegmentedControl(const QStringList &words, const QString &name, QWidget *parent)
    : QWidget(parent), m_group(new QButtonGroup(this))
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < words.size(); ++i) {
        auto *button = new QToolButton;
        button->setText(words[i]);
        button->setCheckable(true);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setAccessibleName(name + QStringLiteral(": ") + words[i]);
        const bool first = i == 0;
        const bool last = i == words.size() - 1;
        button->setProperty("segment", first && last ? QStringLiteral("only")
                                       : first       ? QStringLiteral("first")
                                       : last        ? QStringLiteral("last")
                                                     : QStringLiteral("middle"));
        m_group->addButton(button, i);
        row->addWidget(button);
    }
    if (QAbstractButton *first = m_group->button(0)) {
        first->setChecked(true);
    }
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on) {
            Q_EMIT changed(id);
        }
    });
}

int SegmentedControl::current() const
{
    return m_group->checkedId();
}

void SegmentedControl::setCurrent(int index)
{
    if (QAbstractButton *button = m_group->button(index)) {
        button->setChecked(true);
    }
}

} // namespace rollcall::common
