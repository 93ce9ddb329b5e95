#pragma once

#include <QByteArrayView>

#include <algorithm>

namespace rollcall::http {

/// Whether two header names are the same in any case.
[[nodiscard]] inline bool isSameHeader(QByteArrayView a, QByteArrayView b)
{
    const auto isSameLetter = [](char one, char other) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
        return lower(one) == lower(other);
    };
    if (a.size() != b.size())
        return false;
    return a == b || std::equal(a.begin(), a.end(), b.begin(), isSameLetter); // nearly all write them alike
}

} // namespace rollcall::http
