#include "core/http/Headers.h"

#include <QList>

#include <algorithm>
#include <array>
#include <string_view>

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

bool isTokenChar(char c)
{
    return tokenChars[static_cast<unsigned char>(c)];
}

bool isControl(char c)
{
    const auto value = static_cast<unsigned char>(c);
    return (value < 0x20 && c != '\t') || value == 0x7f;
}

} // namespace

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
        const QList<QByteArray> parts = value.split(',');
        for (const QByteArray &part : parts) {
            if (trimmedOws(part).compare(token, Qt::CaseInsensitive) == 0)
                return true;
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
    // Counted to the end: without a way out early the compiler does many at once, and there is almost never any.
    return std::count_if(text.begin(), text.end(), isControl) == 0;
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
