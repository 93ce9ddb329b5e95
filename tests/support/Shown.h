#pragma once

#include <QWidget>

namespace rollcall::test {

/// The visible widget called @p name below @p root; null where there is none.
template <typename Widget>
[[nodiscard]] Widget *shown(const QWidget &root, const char *name)
{
    for (Widget *widget : root.findChildren<Widget *>(QLatin1String(name))) {
        if (widget->isVisible())
            return widget;
    }
    return nullptr;
}

} // namespace rollcall::test
