#pragma once

#include <QByteArray>

// What the endpoints of both versions say of their answers' content; shared texts. **Thread-safety:** pure.
namespace rollcall::engine {

[[nodiscard]] inline QByteArray contentType()
{
    return QByteArrayLiteral("Content-Type");
}

[[nodiscard]] inline QByteArray json()
{
    return QByteArrayLiteral("application/json");
}

} // namespace rollcall::engine
