#pragma once

#include <QString>

namespace rollcall::base {

// How names and e-mails show where a connection asks for masks: of each part the first character as a person sees it
// (a grapheme), which is enough to tell two rows apart and not enough to tell who it is. Three bullets stand for the
// rest, however long it is, and for all of a name or an e-mail whose parts have one character each.

/// "Ada Lovelace" as "A••• L•••"; a name that holds an @ as maskedEmail(). Empty stays empty. **Thread-safety:** pure.
[[nodiscard]] QString maskedName(const QString &name);

/// "ada@mail.acme.com" as "a•••@m•••.com": the last label of the domain stays where it is one of a public registry by
/// its length and its letters, which are of ASCII. Without an @ it is masked as a name. Empty stays empty.
/// **Thread-safety:** pure.
[[nodiscard]] QString maskedEmail(const QString &email);

/// @p text, a user's id or e-mail, as maskedEmail() where it is an e-mail: an id says nothing of a person, and whoever
/// acts needs it whole. **Thread-safety:** pure.
[[nodiscard]] QString maskedUser(const QString &text);

} // namespace rollcall::base
