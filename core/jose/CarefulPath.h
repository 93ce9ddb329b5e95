#pragma once

#include "core/jose/Jwe.h"

namespace rollcall::jose {

/// openToken() by the book: every part decoded and checked in the library's own order, nothing taken for granted. It
/// decides on every token that is not exactly of the usual form, and on all that are refused.
/// **Thread-safety:** thread-safe.
[[nodiscard]] OpenedToken openCarefully(const KeyRing &ring, QByteArrayView token, base::Instant now,
                                        std::chrono::seconds tolerance);

/// The result of opening a token: @p claims or why there are none, and its header (null where it was not read).
[[nodiscard]] OpenedToken opened(Accepted<Claims> claims, const JsonValue &header);

/// A token that was refused; @p headerJson: its header as far as known.
[[nodiscard]] OpenedToken refused(QByteArray headerJson, Refusal refusal);

} // namespace rollcall::jose
