#include "tests/support/TestPaths.h"

namespace rollcall::test {

QString dataFile(const QString &name)
{
    return sourceFile(QStringLiteral("tests/data/") + name);
}

QString sourceFile(const QString &name)
{
    return QStringLiteral(ROLLCALL_SOURCE_DIR "/") + name;
}

QString buildFile(const QString &name)
{
    return QStringLiteral(ROLLCALL_BINARY_DIR "/") + name;
}

} // namespace rollcall::test
