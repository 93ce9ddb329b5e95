#pragma once

#include <QString>

#include <tl/expected.hpp>

#include <optional>

namespace rollcall::routes {

/// Why a path pattern is refused.
struct PatternFault
{
    QString reason;                    ///< as path-to-regexp says it: "Unbalanced pattern at 2"
    std::optional<qsizetype> position; ///< offset in the pattern, in UTF-16 units; nullopt where none is known

    bool operator==(const PatternFault &) const = default;
};

/// The JavaScript regular expression that path-to-regexp 6 makes of @p pattern with its default options, as Next.js
/// calls it: a repeated parameter without prefix gets the prefix "/" instead of being refused. The result's own syntax
/// is not checked. **Thread-safety:** a pure function. **Source:** facts/session-protocol.md §5.3; next 16.4.6
/// dist/compiled/path-to-regexp, lib/try-to-parse-path.js, lib/route-pattern-normalizer.js.
[[nodiscard]] tl::expected<QString, PatternFault> pathPatternToRegExp(const QString &pattern);

} // namespace rollcall::routes
