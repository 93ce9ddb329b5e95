#pragma once

#include <span>
#include <vector>

#include "core/base/Secret.h"
#include "core/session/AuthEnvironment.h"
#include "tests/conformance/Fields.h"

namespace rollcall::conformance {

/// Checks one case of one vector format. @p vector reads the case (its `id` and `note` are read already); @p file is
/// the whole document, for what stands beside the cases. Adds what differs to @p differences.
using Checker = void (*)(Fields &vector, const jose::JsonValue &file, Differences &differences);

/// A documented vector format.
struct Format
{
    const char *name;                         ///< for people
    std::vector<const char16_t *> signature;  ///< a case that has all these members is of this format
    std::vector<const char16_t *> fileFields; ///< known members of the file beside description, packages and cases
    Checker check;
};

/// All formats. A case belongs to the first one whose signature it has.
[[nodiscard]] std::span<const Format> formats();

/// The format of @p vector; nullptr where it has none that we know.
[[nodiscard]] const Format *formatOf(const jose::JsonValue &vector);

// One checker a format, each in a file of its own.
void checkJwe(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkDerivedKey(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkKeyId(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkCookies(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkBetterAuth(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkSetCookie(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkEnvironment(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkSession(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkMiddleware(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkMatcher(Fields &vector, const jose::JsonValue &file, Differences &differences);
void checkRuntime(Fields &vector, const jose::JsonValue &file, Differences &differences);

/// "v4" or "v5" of the member `version`; a difference for other words.
[[nodiscard]] session::AuthVersion versionOf(Fields &vector, Differences &differences);

/// Secrets from their text.
[[nodiscard]] std::vector<base::SecretBytes> secretsOf(const QStringList &texts);

/// Environment variables of an object of texts; a difference for what is none.
[[nodiscard]] session::Environment environmentOf(const jose::JsonValue &variables, Differences &differences);

/// The headers, of an object of texts, that say how a request was addressed.
[[nodiscard]] session::ForwardedHeaders forwardedHeadersOf(const jose::JsonValue &headers);

} // namespace rollcall::conformance
