#include "ui/common/Actions.h"

#include <QAction>
#include <QVariant>

namespace rollcall::common {

namespace {

constexpr const char *reasonProperty = "unavailableReason";
constexpr const char *groupProperty = "paletteGroup";

} // namespace

void setUnavailable(QAction &action, const QString &reason)
{
    action.setProperty(reasonProperty, reason);
    action.setToolTip(reason); // empty: Qt falls back to the action's words
    action.setEnabled(reason.isEmpty());
}

QString unavailableReason(const QAction &action)
{
    return action.property(reasonProperty).toString();
}

void setPaletteGroup(QAction &action, const QString &group)
{
    action.setProperty(groupProperty, group);
}

QString paletteGroup(const QAction &action)
{
    return action.property(groupProperty).toString();
}

} // namespace rollcall::common
