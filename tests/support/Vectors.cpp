#include "tests/support/Vectors.h"

#include <QFile>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

jose::JsonValue::Array vectorCases(const QString &file)
{
    QFile data(dataFile(QStringLiteral("vectors/") + file));
    if (!data.open(QIODevice::ReadOnly))
        qFatal("cannot read the vectors %s", qPrintable(data.fileName()));
    const auto document = jose::parseJson(QString::fromUtf8(data.readAll()));
    const jose::JsonValue *cases = document ? document->find(u"cases") : nullptr;
    if (!cases || !cases->array() || cases->array()->empty())
        qFatal("no cases in %s", qPrintable(data.fileName()));
    return *cases->array();
}

QString textOf(const jose::JsonValue &object, QStringView name)
{
    const jose::JsonValue *member = object.find(name);
    return member && member->string() ? *member->string() : QString();
}

double numberOf(const jose::JsonValue &object, QStringView name, double otherwise)
{
    const jose::JsonValue *member = object.find(name);
    return member && member->number() ? *member->number() : otherwise;
}

} // namespace rollcall::test
