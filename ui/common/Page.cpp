#include "ui/common/Page.h"

#include <QAction>
#include <QVariant>

namespace rollcall::common {

namespace {

constexpr const char *menuProperty = "menuOf";

} // namespace

void setMenuOf(QAction &action, MenuOf menu)
{
    action.setProperty(menuProperty, static_cast<int>(menu));
}

std::optional<MenuOf> menuOf(const QAction &action)
{
    const QVariant value = action.property(menuProperty);
    return value.isValid() ? std::optional(static_cast<MenuOf>(value.toInt())) : std::nullopt;
}

} // namespace rollcall::common
