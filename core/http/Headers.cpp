#include "core/http/Headers.h"

#include <QList>

#include <algorithm>
#include <cstring>

namespace rollcall::http {

namespace {

bool isTokenChar(char c)
{
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letterOrDigit || (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
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
        if (key.compare(name, Qt::CaseInsensitive) == 0)
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
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            values.push_back(value);
    }
    return values;
}

bool headerHasToken(const HeaderList &headers, QByteArrayView name, QByteArrayView token)
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) != 0)
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
    return std::none_of(text.begin(), text.end(), isControl);
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
