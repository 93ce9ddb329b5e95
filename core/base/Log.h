#pragma once

#include <QLoggingCategory>

namespace rollcall::base {

/// The category of our own log lines ("rollcall"). Lines go to stderr; they never carry tokens, cookies, secrets,
/// passwords or row content: pass fingerprints and Error codes.
Q_DECLARE_LOGGING_CATEGORY(log)

} // namespace rollcall::base
