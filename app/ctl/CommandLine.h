#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "app/ctl/Command.h"

namespace rollcall::ctl {

/// The commands of the program and the way from `argv` to one of them and its exit code.
/// **Thread-safety:** belongs to the main thread.
class CommandLine final
{
public:
    CommandLine();

    /// Runs what @p words (without the program's name) ask for and returns the process exit code.
    [[nodiscard]] int run(const QStringList &words, const std::stop_token &stop) const;

private:
    struct Found
    {
        const Command *command = nullptr;
        qsizetype words = 0; ///< how many of the words name it
    };
    [[nodiscard]] Found find(const QStringList &words) const;
    [[nodiscard]] std::vector<CommandSpec> specsBelow(const QString &group) const;
    [[nodiscard]] base::Error unknownCommand(const QStringList &words) const;
    [[nodiscard]] Outcome dispatch(const QStringList &words, OutputWriter &output, const std::stop_token &stop) const;

    std::vector<std::unique_ptr<const Command>> m_commands;
};

} // namespace rollcall::ctl
