#pragma once

#include <QJsonObject>

#include "core/base/Result.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::workspace {

/// A profile as it stands in `connections.json` (version 1). Passwords in its addresses are cut.
[[nodiscard]] QJsonObject profileToJson(const ConnectionProfile &profile);

/// Reads that form; absent members keep their defaults. Errors: FileFormatInvalid (Path = @p origin, Detail = the
/// member).
[[nodiscard]] base::Result<ConnectionProfile> profileFromJson(const QJsonObject &json, const QString &origin);

} // namespace rollcall::workspace
