#include "ui/common/Actions.h"

#include <QAction>
#include <QVariant>

namespace rollcall::common {

namespace {

constexpr const char *reasonProperty = "unavailableReason";
constexpr const char *glyphProperty = "glyph";
constexpr const char *groupProperty = "paletteGroup";

} // namespace

QAction *makeAction(const Theme &theme, QObject *parent, Icon icon, const QString &text, const QKeySequence &keys)
{
    auto *action = new QAction(themedIcon(theme, icon, ColorToken::Muted), text, parent);
    action->setProperty(glyphProperty, static_cast<int>(icon));
    action->setShortcut(keys);
    return action;
}

std::optional<Icon> glyphOf(const QAction &action)
{
    const QVariant value = action.property(glyphProperty);
    return value.isValid() ? std::optional(static_cast<Icon>(value.toInt())) : std::nullopt;
}

QString plainText(const QAction &action)
{
    QString text = action.text();
    return text.remove(QLatin1Char('&'));
}

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
