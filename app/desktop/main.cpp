#include <QApplication>
#include <QTextStream>

#include "app/desktop/AppContext.h"
#include "core/base/ErrorText.h"
#include "core/store/StoreFactory.h"

int main(int argc, char *argv[])
{
    rollcall::store::ignoreDatabaseEnvironment();
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("rollcall"));
    QApplication::setApplicationDisplayName(QStringLiteral("Rollcall"));
    QApplication::setApplicationVersion(QStringLiteral(ROLLCALL_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.rollcall.Rollcall"));
    QApplication::setWindowIcon(rollcall::common::applicationIcon());

    const auto options = rollcall::app::DesktopOptions::parse(QApplication::arguments());
    if (!options) {
        QTextStream(stderr) << rollcall::base::oneLine(options.error()) << Qt::endl;
        return static_cast<int>(rollcall::base::exitClass(options.error().code));
    }
    rollcall::common::Theme theme(application);
    rollcall::app::AppContext context(theme, *options, rollcall::workspace::Folders::standard());
    context.window().show();
    return QApplication::exec();
}
