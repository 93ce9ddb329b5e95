#include "ui/common/Surface.h"

#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace rollcall::common {

namespace {

QString surfaceName(Surface surface)
{
    switch (surface) {
    case Surface::Window:
        return QStringLiteral("window");
    case Surface::Plain:
        return QStringLiteral("surface");
    case Surface::Sunken:
        return QStringLiteral("sunken");
    case Surface::Card:
        return QStringLiteral("card");
    case Surface::Dashed:
        return QStringLiteral("dashed");
    case Surface::Code:
        return QStringLiteral("code");
    case Surface::Good:
        return QStringLiteral("good");
    case Surface::Warn:
        return QStringLiteral("warn");
    case Surface::Bad:
        return QStringLiteral("bad");
    case Surface::Info:
        return QStringLiteral("info");
    }
    return {};
}

} // namespace

void setSurface(QWidget &widget, Surface surface)
{
    widget.setAttribute(Qt::WA_StyledBackground);
    widget.setProperty("surface", surfaceName(surface));
    // A style sheet reads properties only when a widget is polished.
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

} // namespace rollcall::common
