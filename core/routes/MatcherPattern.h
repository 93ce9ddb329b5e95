#pragma once

#include <QString>

#include <span>
#include <vector>

#include "core/http/Headers.h"
#include "core/routes/JsRegExp.h"
#include "core/routes/PathPattern.h"

namespace rollcall::routes {

/// A condition on the request beside its path (`has`, `missing`).
struct MatcherCondition
{
    enum class Kind { Header, Cookie, Query, Host };
    Kind kind = Kind::Header;
    QString key;                  ///< not of Host
    std::optional<QString> value; ///< regular expression; absent or empty: any value that is not empty
};

/// One element of `config.matcher`.
struct MatcherSource
{
    QString source;
    bool addsLocale = true; ///< false: `locale: false`
    std::vector<MatcherCondition> has;
    std::vector<MatcherCondition> missing;
};

/// What `next.config.js` says that patterns depend on.
struct MatcherSettings
{
    QString basePath;     ///< "/app"; empty: none
    bool hasI18n = false; ///< locales are configured (which ones makes no difference)
};

/// Why a matcher is refused. `reason` names the source, as Next.js's message does.
using MatcherFault = PatternFault;

/// The request that a matcher decides on.
struct MatcherRequest
{
    QString path; ///< as requested, undecoded, with its query
    http::HeaderList headers;
};

/// One compiled element of a Next.js middleware's `config.matcher`. **Thread-safety:** const use is thread-safe.
/// **Source:** facts/session-protocol.md §5.3; next 16.4.6 build/analysis/get-page-static-info.js,
/// shared/lib/router/utils/middleware-route-matcher.js, prepare-destination.js (matchHas).
class MatcherPattern final
{
public:
    /// Longer sources are refused, by Next.js too.
    static constexpr qsizetype maxSource = 4096;

    /// Compiles @p source. Refused as Next.js refuses it; besides where our engine cannot run the expression.
    [[nodiscard]] static tl::expected<MatcherPattern, MatcherFault> compile(MatcherSource source,
                                                                            const MatcherSettings &settings);

    /// Whether middleware runs for @p request. Fault: matching takes too long, or the `value` of a condition that had
    /// to be looked at is no regular expression (Next.js throws then).
    [[nodiscard]] tl::expected<bool, MatcherFault> matches(const MatcherRequest &request) const;

    /// The pattern as written.
    [[nodiscard]] const QString &source() const { return m_source.source; }
    /// The JavaScript regular expression that stands in the build's manifest for it (but for escapes of `/`).
    [[nodiscard]] const QString &regExp() const { return m_regExpText; }

private:
    MatcherPattern(MatcherSource source, QString regExpText, JsRegExp regExp);

    MatcherSource m_source;
    QString m_regExpText;
    JsRegExp m_regExp;
};

/// Compiles a whole `matcher`; the first refusal counts.
[[nodiscard]] tl::expected<std::vector<MatcherPattern>, MatcherFault>
compileMatcher(const std::vector<MatcherSource> &sources, const MatcherSettings &settings);

/// The first of @p patterns that covers @p request; nullptr where none does (an empty list covers nothing; that no
/// matcher at all covers everything is the caller's to know). Fault: as MatcherPattern::matches().
[[nodiscard]] tl::expected<const MatcherPattern *, MatcherFault> firstMatch(std::span<const MatcherPattern> patterns,
                                                                            const MatcherRequest &request);

} // namespace rollcall::routes
