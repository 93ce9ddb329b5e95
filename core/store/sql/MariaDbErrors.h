#pragma once

#include <QString>

#include "core/base/Error.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// What a server or libmariadb said of a failure. **Thread-safety:** plain value.
struct MariaDbFailure
{
    unsigned number = 0; ///< 1000 and up: the server's; 2000 to 2999: libmariadb's
    QString state;       ///< SQLSTATE
    QString message;     ///< in English: the session is told so
};

/// What a failed statement means. Values that the server repeats in its messages are left out.
/// **Thread-safety:** reentrant.
[[nodiscard]] base::Error mariaDbStatementError(const MariaDbFailure &failure, const QString &host);

/// What a failed connection attempt means. **Thread-safety:** reentrant.
[[nodiscard]] base::Error mariaDbConnectError(const MariaDbFailure &failure, const DatabaseUrl &url);

} // namespace rollcall::store
