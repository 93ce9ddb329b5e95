#pragma once

#include <QString>

#include "core/jose/JsonText.h"

namespace rollcall::test {

/// The cases of tests/data/vectors/@p file, in file order. Read with our own parser, since QJsonObject sorts members
/// and loses lone surrogates; the parser has its own test. Ends the program where the file cannot be read.
[[nodiscard]] jose::JsonValue::Array vectorCases(const QString &file);

/// The string member @p name of @p object; empty where there is none.
[[nodiscard]] QString textOf(const jose::JsonValue &object, QStringView name);

/// The numeric member @p name of @p object, or @p otherwise.
[[nodiscard]] double numberOf(const jose::JsonValue &object, QStringView name, double otherwise);

} // namespace rollcall::test
