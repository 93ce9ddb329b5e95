#pragma once

#include <QByteArray>
#include <QTimeZone>

#include <optional>
#include <span>

#include "core/base/Clock.h"
#include "core/store/schema/SchemaProfile.h"

namespace rollcall::store {

/// An instant as a database stores it, to the microsecond. **Thread-safety:** plain value.
struct StoredInstant
{
    enum class Kind { Unreadable, Finite, PlusInfinity, MinusInfinity };
    Kind kind = Kind::Unreadable;
    qint64 microseconds = 0; ///< since 1970-01-01T00:00Z; meaningful where Finite

    /// Rounded down to milliseconds; nullopt where unreadable, infinite or beyond the years 0000 to 9999.
    [[nodiscard]] std::optional<base::Instant> instant() const;
    bool operator==(const StoredInstant &) const = default;
};

/// Reads ISO 8601 text (with `T` or a blank, `Z`, an offset with or without a blank before it, or no suffix: then in
/// @p zone), digits by their magnitude (>= 1e14 microseconds, >= 1e11 milliseconds, >= 1e8 seconds), and PostgreSQL's
/// `infinity`. Anything else is Unreadable. **Source:** facts/database-schemas.md §3.
[[nodiscard]] StoredInstant readInstant(QByteArrayView text, const QTimeZone &zone);

/// An integer column's value in the unit of @p encoding; by magnitude where it is no epoch encoding.
[[nodiscard]] StoredInstant readEpoch(qint64 value, ExpiresEncoding encoding);

/// The encoding of one value as it is stored: what readInstant() recognised. nullopt where it is unreadable.
/// @p isInteger: the database keeps it as a number, not as text.
[[nodiscard]] std::optional<ExpiresEncoding> encodingOf(QByteArrayView text, bool isInteger);

/// True for text such as "2026-06-15 12:00:00", which is a time but names no zone.
[[nodiscard]] bool namesNoZone(QByteArrayView text);

/// How far @p newest, the latest expiry of a table in use, lies off @p now plus one of the session @p lifetimes, where
/// that is a whole number of hours that a zone can be off (14 at most, not zero): a hint that the times are of another
/// zone than they were read in, never a proof. nullopt where nothing suggests it.
/// **Source:** facts/database-schemas.md §3.
[[nodiscard]] std::optional<std::chrono::hours> zoneOffsetHint(base::Instant newest, base::Instant now,
                                                               std::span<const std::chrono::seconds> lifetimes);

/// @p instant in the unit of @p encoding, rounded up: `column >= this` is then exact for whole-unit columns too.
[[nodiscard]] qint64 epochRoundedUp(base::Instant instant, ExpiresEncoding encoding);

/// @p instant written in the very form of @p sample (separator, fraction digits, suffix, unit of digits), so that a new
/// value sorts and parses like its neighbours. Text without suffix is written in @p zone. An unreadable sample gives
/// ISO text with `Z`.
[[nodiscard]] QByteArray writeLike(QByteArrayView sample, base::Instant instant, const QTimeZone &zone);

} // namespace rollcall::store
