#pragma once

#include <array>
#include <span>

namespace rollcall::jose {

/// Fills @p out from OpenSSL's generator, of which each thread draws a block in advance: short requests then cost a
/// copy. No byte is given twice, in a forked child neither, and what was given is wiped from the block. False where the
/// generator fails. **Thread-safety:** thread-safe.
[[nodiscard]] bool randomBytes(std::span<unsigned char> out);

/// A random UUID (version 4) as 36 characters in lower case, into @p out; false where the generator fails.
/// **Thread-safety:** thread-safe. **Source:** RFC 9562 §5.4.
[[nodiscard]] bool randomUuid(std::span<char, 36> out);

} // namespace rollcall::jose
