#pragma once

#include <QByteArrayView>

#include <vector>

#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::probe {

/// By what the session of a request is known again in what a deployment answers: each chunk of its cookie, of Better
/// Auth the token without its signature, and where that differs how an address writes it (percent-encoded). Pieces so
/// short that they may be there by chance are left out, unless there is no other. Whatever holds the whole holds a
/// piece. **Thread-safety:** pure.
[[nodiscard]] std::vector<base::SecretBytes> tokenTraces(const session::AuthProfile &profile,
                                                         QByteArrayView cookieHeader);

} // namespace rollcall::probe
