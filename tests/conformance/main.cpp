#include <QCoreApplication>

#include "tests/conformance/Runner.h"

/// rollcall_conformance DIR: checks our engine against every vector file of a directory. Names failing cases; the last
/// line is always "N passed, M failed". Exit 0 only where something passed and nothing failed.
int main(int argc, char *argv[])
{
    using rollcall::conformance::Tally;

    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    QTextStream out(stdout);
    Tally tally;
    if (arguments.size() == 2) {
        tally = rollcall::conformance::runDirectory(arguments.at(1), out);
    } else {
        QTextStream(stderr) << "usage: rollcall_conformance DIR   (a directory of vector files, *.json)\n";
    }
    out << tally.passed << " passed, " << tally.failed << " failed\n";
    out.flush();
    return tally.passed > 0 && tally.failed == 0 ? 0 : 1;
}
