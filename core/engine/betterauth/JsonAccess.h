#pragma once

#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

// Reads members whose type may be any. **Thread-safety:** pure functions.

/// The text of @p value; empty where it is none or absent.
[[nodiscard]] inline QString textOf(const jose::JsonValue *value)
{
    const QString *text = value ? value->string() : nullptr;
    return text ? *text : QString();
}

/// The number of @p value; nullopt where it is none or absent.
[[nodiscard]] inline std::optional<double> numberOf(const jose::JsonValue *value)
{
    const double *number = value ? value->number() : nullptr;
    return number ? std::optional(*number) : std::nullopt;
}

/// The members of an object; none of any other value. Lives as long as @p value stands unchanged.
[[nodiscard]] inline const jose::JsonValue::Object &membersOf(const jose::JsonValue &value)
{
    static const jose::JsonValue::Object none;
    const auto *object = value.object();
    return object ? *object : none;
}

} // namespace rollcall::engine::betterauth
