#pragma once

#include <QByteArray>

namespace rollcall::engine {

/// @p json (a session, or a token's claims) with names and e-mails masked (base::maskedName()), at any depth: what a
/// member called as OpenID Connect, Auth.js or Better Auth call a name, an e-mail, a phone number, an address or a
/// picture holds, and e-mails in any other string or as a member's name. A picture's address leads to a face, so
/// nothing of it stays. Ids, times and all else stay as they are; text that is no JSON is answered by "null".
/// **Thread-safety:** pure.
[[nodiscard]] QByteArray withPersonalMasked(const QByteArray &json);

} // namespace rollcall::engine
