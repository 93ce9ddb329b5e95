#include "core/http/Headers.h"

#include <QList>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "core/base/Secret.h"
#include "core/http/HeaderName.h"

namespace rollcall::http {

namespace {

constexpr std::array<bool, 256> tokenChars = [] {
    std::array<bool, 256> chars{};
    for (const char c :
         std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-.^_`|~"))
        chars[static_cast<unsigned char>(c)] = true;
    return chars;
}();

/// Of those that no header's value may have: the tab is none.
bool isControl(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

/// Whether any of eight characters is below 0x20 (the tab too) or 0x7f, by their carries: of what each differs from
/// 0x7f, and of itself, 0x01 and 0x20 are taken, and only a smaller byte, or one after such, then changes its high bit.
constexpr bool mayHaveControl(quint64 eight)
{
    constexpr quint64 each = 0x0101'0101'0101'0101;
    const quint64 fromDelete = eight ^ (0x7f * each);
    const quint64 lent = ((eight - 0x20 * each) & ~eight) | ((fromDelete - each) & ~fromDelete);
    return (lent & (0x80 * each)) != 0;
}

bool isTokenChar(char c)
{
    return tokenChars[static_cast<unsigned char>(c)];
}

} // namespace

void wipeHeaders(HeaderList &headers, std::size_t from)
{
    for (std::size_t i = from; i < headers.size(); ++i) {
        base::wipe(headers[i].first);
        base::wipe(headers[i].second);
    }
}

QByteArray headerValue(const HeaderList &headers, QByteArrayView name)
{
    for (const auto &[key, value] : headers) {
        if (isSameHeader(key, name))
            return value;
    }
    return {};
}

QByteArray cookieHeader(const HeaderList &headers)
{
    const std::vector<QByteArray> lines = headerValues(headers, "cookie");
    return lines.size() == 1 ? lines.front() : QByteArrayList(lines.cbegin(), lines.cend()).join("; ");
}

std::vector<QByteArray> headerValues(const HeaderList &headers, QByteArrayView name)
{
    std::vector<QByteArray> values;
    for (const auto &[key, value] : headers) {
        if (isSameHeader(key, name))
            values.push_back(value);
    }
    return values;
}

bool headerHasToken(const HeaderList &headers, QByteArrayView name, QByteArrayView token)
{
    for (const auto &[key, value] : headers) {
        if (!isSameHeader(key, name))
            continue;
        for (qsizetype from = 0; from <= value.size();) {
            const qsizetype comma = value.indexOf(',', from);
            const qsizetype end = comma < 0 ? value.size() : comma;
            if (trimmedOws(QByteArrayView(value).sliced(from, end - from)).compare(token, Qt::CaseInsensitive) == 0)
                return true;
            from = end + 1;
        }
    }
    return false;
}

bool isHeaderName(QByteArrayView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isTokenChar);
}

bool isHeaderValue(QByteArrayView text)
{
    const char *at = text.begin();
    for (; text.end() - at >= 8; at += 8) {
        quint64 eight = 0;
        std::memcpy(&eight, at, sizeof eight);
        if (mayHaveControl(eight) && std::any_of(at, at + 8, isControl))
            return false;
    }
    return std::none_of(at, text.end(), isControl);
}

QByteArrayView trimmedOws(QByteArrayView text)
{
    const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.isEmpty() && isBlank(text.front()))
        text = text.sliced(1);
    while (!text.isEmpty() && isBlank(text.back()))
        text.chop(1);
    return text;
}

} // namespace rollcall::http
