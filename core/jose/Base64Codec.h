#pragma once

#include <cstddef>

namespace rollcall::jose {

/// One way of decoding and encoding base64url without padding. **Thread-safety:** pure functions.
struct Base64Codec
{
    /// Decodes @p size characters (not 1 mod 4) into @p out; false at one outside the alphabet.
    bool (*decode)(const char *in, std::ptrdiff_t size, char *out);
    /// Encodes @p size bytes into @p out. Returns the place behind the last character.
    char *(*encode)(const char *in, std::ptrdiff_t size, char *out);
};

/// By tables, on any processor.
[[nodiscard]] const Base64Codec &plainBase64();

/// By AVX2; nullptr where the processor has none.
[[nodiscard]] const Base64Codec *vectorBase64();

} // namespace rollcall::jose
