#pragma once

#include <QByteArray>
#include <QString>

#include <initializer_list>
#include <optional>

#include "core/jose/JsonText.h"

// Short ways to make and read the JSON that requests, answers and recipes are. **Thread-safety:** pure functions.
namespace rollcall::differential {

using jose::JsonValue;

[[nodiscard]] JsonValue text(const QString &value);
/// The bytes as characters U+0000 … U+00FF: what a header or a plaintext is in JSON.
[[nodiscard]] JsonValue bytes(const QByteArray &value);
[[nodiscard]] JsonValue number(qint64 value);
[[nodiscard]] JsonValue list(JsonValue::Array values);
/// An object; names must not be array indices, and must differ.
[[nodiscard]] JsonValue object(std::initializer_list<std::pair<const char *, JsonValue>> members);

/// The member, or what stands for it where it is absent or of another type.
[[nodiscard]] QString textOf(const JsonValue &object, QStringView name, const QString &otherwise = {});
[[nodiscard]] QByteArray bytesOf(const JsonValue &object, QStringView name);
[[nodiscard]] qint64 numberOf(const JsonValue &object, QStringView name, qint64 otherwise);
[[nodiscard]] std::optional<bool> flagOf(const JsonValue &object, QStringView name);
/// Empty where there is none.
[[nodiscard]] const JsonValue::Array &listOf(const JsonValue &object, QStringView name);

} // namespace rollcall::differential
