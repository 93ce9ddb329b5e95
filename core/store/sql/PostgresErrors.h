#pragma once

#include <libpq-fe.h>

#include <QString>

#include "core/base/Error.h"
#include "core/store/sql/DatabaseUrl.h"

namespace rollcall::store {

/// What a failed statement means. @p result may be null or without SQLSTATE: then the link broke. Values that the
/// server repeats in its messages (class 22 and 23) are left out. **Thread-safety:** reentrant.
[[nodiscard]] base::Error statementError(const PGresult *result, const QString &host);

/// How far a connection attempt had come when it failed.
enum class ConnectStage { Socket, Tls, Login };

/// What a failed connection attempt means. @p message is libpq's, written with PQERRORS_VERBOSE so that the server's
/// SQLSTATE is in it whatever the server's language.
[[nodiscard]] base::Error connectError(const DatabaseUrl &url, ConnectStage stage, const QByteArray &message);

/// The SQLSTATE inside a verbose libpq message; empty where the server sent none.
[[nodiscard]] QString sqlStateIn(const QByteArray &message);

} // namespace rollcall::store
