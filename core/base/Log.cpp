#include "core/base/Log.h"

namespace rollcall::base {

Q_LOGGING_CATEGORY(log, "rollcall", QtInfoMsg)

} // namespace rollcall::base
