#pragma once

#include <sqlite3.h>

#include <QTimeZone>

namespace rollcall::store {

/// Registers what SQLite lacks on @p database, all deterministic and free of side effects:
/// `rollcall_sha256(x)`: lower-case hex digest of x as text (NULL for NULL);
/// `rollcall_instant(x)`: microseconds since 1970 of any stored form of an instant, text without suffix read in @p
/// zone, NULL where it cannot be read; `rollcall_contains(x, needle)`: 1 where x contains needle, ignoring case in all
/// scripts; `rollcall_stored_form(x)`: the name of x's StoredForm, NULL where it has none; `rollcall_write_like(sample,
/// ms)`: the instant ms in the form of sample, NULL where sample is not readable; `rollcall_packed(x)`: x with its
/// storage class as text, NULL for NULL: "i" and digits, "r" and the eight bytes, "t" or "b" and the bytes, bytes in
/// hexadecimal; `rollcall_unpacked(text)`: that x, an error where it is none. Returns SQLite's result code.
[[nodiscard]] int registerSqliteFunctions(sqlite3 *database, const QTimeZone &zone);

} // namespace rollcall::store
