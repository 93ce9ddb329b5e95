#pragma once

#include <QByteArray>
#include <QString>

#include <vector>

#include "core/base/Call.h"

namespace rollcall::store {

/// The numeric addresses of @p host, in the resolver's order. The system resolver has neither limit nor cancel, so it
/// runs in a thread of its own, which is left behind when it is late. Blocks within @p call.
/// Errors: HostNotFound, ConnectTimeout (Host), Cancelled, Overloaded (no thread to be had).
/// **Thread-safety:** reentrant.
[[nodiscard]] base::Result<std::vector<QByteArray>> resolveHost(const QString &host, const base::Call &call);

} // namespace rollcall::store
