#include <QCoreApplication>

#include "app/ctl/CommandLine.h"
#include "app/ctl/SignalWatcher.h"
#include "core/store/StoreFactory.h"

int main(int argc, char *argv[])
{
    rollcall::store::ignoreDatabaseEnvironment();
    const rollcall::ctl::SignalWatcher signals; // before anything that starts a thread
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("rollcallctl"));
    return rollcall::ctl::CommandLine().run(QCoreApplication::arguments().sliced(1), signals.stopToken());
}
