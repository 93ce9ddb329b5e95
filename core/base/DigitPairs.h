#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace rollcall::base {

/// Two characters.
using DigitPair = std::array<char, 2>;

/// What numbers below @p count look like in two digits of @p digits, which says the base by how many it has.
template <std::size_t count>
[[nodiscard]] constexpr std::array<DigitPair, count> digitPairs(std::string_view digits)
{
    std::array<DigitPair, count> pairs{};
    for (std::size_t number = 0; number < count; ++number)
        pairs.at(number) = {digits.at(number / digits.size()), digits.at(number % digits.size())};
    return pairs;
}

/// "00" to "ff": the two digits of each byte.
inline constexpr auto hexPairs = digitPairs<256>("0123456789abcdef");

/// "00" to "99".
inline constexpr auto decimalPairs = digitPairs<100>("0123456789");

} // namespace rollcall::base
