#include "core/http/ServerTiming.h"

#include <algorithm>
#include <cmath>

namespace rollcall::http {

namespace {

constexpr std::size_t maxMetrics = 32;
constexpr qsizetype maxBytes = 4096;
/// Longer claims (a year) are nonsense and would overflow.
constexpr double maxMilliseconds = 366.0 * 24 * 3600 * 1000;

/// Cuts @p text at each @p separator outside of quoted strings.
std::vector<QByteArrayView> splitOutsideQuotes(QByteArrayView text, char separator)
{
    std::vector<QByteArrayView> parts;
    bool quoted = false;
    qsizetype from = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text.at(i);
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (c == separator && !quoted) {
            parts.push_back(text.sliced(from, i - from));
            from = i + 1;
        }
    }
    parts.push_back(text.sliced(from));
    return parts;
}

QByteArray unquoted(QByteArrayView text)
{
    if (text.size() < 2 || !text.startsWith('"') || !text.endsWith('"'))
        return text.toByteArray();
    QByteArray value;
    const QByteArrayView inside = text.sliced(1, text.size() - 2);
    for (qsizetype i = 0; i < inside.size(); ++i) {
        if (inside.at(i) == '\\' && i + 1 < inside.size())
            ++i;
        value += inside.at(i);
    }
    return value;
}

void readParameter(ServerTiming &metric, QByteArrayView parameter)
{
    const qsizetype equals = parameter.indexOf('=');
    if (equals < 0)
        return;
    const QByteArrayView name = trimmedOws(parameter.first(equals));
    const QByteArray value = unquoted(trimmedOws(parameter.sliced(equals + 1)));
    if (name.compare("dur", Qt::CaseInsensitive) == 0 && !metric.duration) {
        bool ok = false;
        const double milliseconds = value.toDouble(&ok);
        if (ok && std::isfinite(milliseconds) && milliseconds >= 0 && milliseconds <= maxMilliseconds)
            metric.duration = std::chrono::nanoseconds(std::llround(milliseconds * 1e6));
    } else if (name.compare("desc", Qt::CaseInsensitive) == 0 && metric.description.isEmpty()) {
        metric.description = value;
    }
}

} // namespace

std::vector<ServerTiming> parseServerTiming(const HeaderList &headers)
{
    std::vector<ServerTiming> metrics;
    qsizetype room = maxBytes;
    for (const QByteArray &value : headerValues(headers, "Server-Timing")) {
        const QByteArray text = value.left(room);
        room -= text.size();
        for (const QByteArrayView item : splitOutsideQuotes(text, ',')) {
            const std::vector<QByteArrayView> parts = splitOutsideQuotes(item, ';');
            const QByteArrayView name = trimmedOws(parts.front());
            const auto isSame = [name](const ServerTiming &metric) { return name == metric.name; };
            if (!isHeaderName(name) || std::any_of(metrics.begin(), metrics.end(), isSame))
                continue;
            if (metrics.size() == maxMetrics)
                return metrics;
            ServerTiming metric;
            metric.name = name.toByteArray();
            for (std::size_t i = 1; i < parts.size(); ++i)
                readParameter(metric, parts[i]);
            metrics.push_back(std::move(metric));
        }
    }
    return metrics;
}

} // namespace rollcall::http
