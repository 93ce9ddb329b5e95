#pragma once

#include <QByteArray>

#include "core/base/Clock.h"
#include "core/jose/Claims.h"
#include "core/store/SessionStore.h"

namespace rollcall::engine {

/// The session that both libraries' default callbacks make of a token: `{"user":{name,email,image},"expires"}`; claims
/// that are absent vanish. **Source:** facts/session-protocol.md §4.1.
[[nodiscard]] QByteArray sessionOfClaims(const jose::Claims &claims, base::Instant expires);

/// The same of a database row and its user; columns that are null stay.
[[nodiscard]] QByteArray sessionOfRow(const store::SessionRow &row, base::Instant expires);

} // namespace rollcall::engine
