#include "ui/main/AppearanceMenu.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>

#include "ui/common/Theme.h"
#include "ui/main/WindowState.h"

namespace rollcall::main {

namespace {

struct Choice
{
    common::Appearance appearance;
    QString name; ///< in the file
    QString word;
};

QString tr(const char *text)
{
    return QCoreApplication::translate("AppearanceMenu", text);
}

} // namespace

void fillAppearanceMenu(QMenu &menu, common::Theme &theme, const WindowState &state)
{
    const QList<Choice> choices = {{common::Appearance::System, QStringLiteral("system"), tr("As the &system")},
                                   {common::Appearance::Light, QStringLiteral("light"), tr("&Light")},
                                   {common::Appearance::Dark, QStringLiteral("dark"), tr("&Dark")}};
    auto *group = new QActionGroup(&menu);
    const QString saved = state.appearance();
    for (const Choice &choice : choices) {
        QAction *action = menu.addAction(choice.word);
        action->setCheckable(true);
        group->addAction(action);
        QObject::connect(action, &QAction::triggered, &menu, [&theme, &state, choice] {
            theme.setAppearance(choice.appearance);
            state.saveAppearance(choice.name);
        });
        // Nothing saved leaves the theme as it was made: the caller may have forced it.
        if (saved == choice.name) {
            theme.setAppearance(choice.appearance);
        }
        action->setChecked(theme.appearance() == choice.appearance);
    }
}

} // namespace rollcall::main
