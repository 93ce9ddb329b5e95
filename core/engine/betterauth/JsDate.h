#pragma once

#include <QStringView>

#include "core/base/Clock.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

// A JavaScript Date is kept as its number of milliseconds since the epoch; an Invalid Date as NaN. In a JsonValue it is
// what JSON.stringify makes of it: ISO text, or null where it is invalid.

/// `new Date(value)` of a JSON value: text in ISO 8601 forms, numbers, booleans, null (the epoch); nullptr (undefined)
/// and whatever else JavaScript cannot read are NaN. Text without a zone that has a time is read as UTC (the library:
/// in the server's zone); the other, informal spellings that V8 knows are NaN. **Source:** ECMA-262, Date.parse.
/// **Thread-safety:** all functions here are pure.
[[nodiscard]] double toDate(const jose::JsonValue *value);

/// What JSON.stringify makes of a Date.
[[nodiscard]] jose::JsonValue dateJson(double milliseconds);

/// Milliseconds of an instant.
[[nodiscard]] double milliseconds(base::Instant instant);

/// Whether Better Auth's JSON reader makes a Date of this text: `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, and valid.
/// **Source:** @better-auth/core 1.7.7 utils/json (reviveDate).
[[nodiscard]] bool isRevivedDate(QStringView text);

/// `safeJSONParse` of a value that is parsed already: every text that isRevivedDate() is written as its Date is.
[[nodiscard]] jose::JsonValue reviveDates(const jose::JsonValue &value);

/// `safeJSONParse` of a text: reviveDates() of its value; nullopt where it is no JSON (the library: null).
[[nodiscard]] std::optional<jose::JsonValue> parseReviving(QStringView text);

} // namespace rollcall::engine::betterauth
