#pragma once

#include "app/ctl/Arguments.h"

namespace rollcall::ctl {

/// The help of the program: all of @p commands with their summaries.
[[nodiscard]] QString programHelp(const std::vector<CommandSpec> &commands);

/// The help of one command: what it does, its flags, the flags of all commands.
[[nodiscard]] QString commandHelp(const CommandSpec &spec);

} // namespace rollcall::ctl
