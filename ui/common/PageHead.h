#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

class QHBoxLayout;
class QVBoxLayout;

namespace rollcall::common {

/// The strip at the top of a page: its title, and what the page adds to the right of it. **Thread-safety:** GUI thread
/// only.
class PageHead final : public QWidget
{
    Q_OBJECT

public:
    /// @p spacing: between what stands in it, logical pixels. @p theme outlives the head.
    PageHead(const Theme &theme, const QString &title, int spacing = space::s, QWidget *parent = nullptr);

    /// Where to add to; the title stands in it.
    [[nodiscard]] QHBoxLayout &row() { return *m_row; }

private:
    QHBoxLayout *m_row;
};

/// Adds @p widget, taken over by the widget of @p column, within the page's margins left and right: banners and notes
/// between head and content.
void addInset(QVBoxLayout &column, QWidget *widget);

} // namespace rollcall::common
