#include "core/http/Headers.h"

#include <QList>

#include <algorithm>
#include <array>
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
    // To the end and into one byte: without a way out early, and without a count that needs more room than what is
    // looked at, the compiler takes sixteen at once.
    unsigned char found = 0;
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        const int control = static_cast<int>(value < 0x20) & static_cast<int>(c != '\t');
        found |= static_cast<unsigned char>(control | static_cast<int>(value == 0x7f));
    }
    return found == 0;
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
