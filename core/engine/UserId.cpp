#include "core/engine/UserId.h"

#include <cmath>

namespace rollcall::engine {

namespace {

QString shown(double id)
{
    return std::isfinite(id) ? QString::fromLatin1(jose::printNumber(id)) : QString();
}

} // namespace

QString userIdOf(const jose::JsonValue *id)
{
    if (!id)
        return {};
    if (const QString *text = id->string())
        return *text;
    const double *number = id->number();
    return number ? shown(*number) : QString();
}

QString userIdOf(const jose::Claims &claims)
{
    if (auto text = claims.string("sub"))
        return std::move(*text);
    const auto number = claims.number("sub");
    return number ? shown(*number) : QString();
}

} // namespace rollcall::engine
