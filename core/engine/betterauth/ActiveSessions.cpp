#include "core/engine/betterauth/ActiveSessions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/engine/betterauth/JsDate.h"
#include "core/engine/betterauth/JsonAccess.h"

namespace rollcall::engine::betterauth {

namespace {

using jose::JsonValue;

double endOf(const JsonValue &entry)
{
    return numberOf(entry.find(u"expiresAt")).value_or(std::nan(""));
}

QString tokenOf(const JsonValue &entry)
{
    return textOf(entry.find(u"token"));
}

} // namespace

QString ActiveSessions::keyOf(const QString &userId)
{
    return QString(u"active-sessions-" + (userId.isEmpty() ? QStringLiteral("undefined") : userId));
}

ActiveSessions ActiveSessions::read(const std::optional<QString> &text)
{
    ActiveSessions list;
    const auto parsed = text ? parseReviving(*text) : std::nullopt;
    if (parsed && parsed->array()) {
        std::ranges::copy_if(*parsed->array(), std::back_inserter(list.m_entries),
                             [](const JsonValue &entry) { return entry.object() != nullptr; });
    }
    return list;
}

void ActiveSessions::keepLive(base::Instant now, const QStringList &tokens)
{
    std::erase_if(m_entries, [&](const JsonValue &entry) {
        return !(endOf(entry) > milliseconds(now)) || tokens.contains(tokenOf(entry));
    });
}

void ActiveSessions::add(const QString &token, double expiresAt)
{
    JsonValue entry{JsonValue::Object()};
    entry.set(QStringLiteral("token"), JsonValue(token));
    entry.set(QStringLiteral("expiresAt"), JsonValue(expiresAt));
    m_entries.push_back(std::move(entry));
}

void ActiveSessions::sort()
{
    std::vector<std::size_t> order(m_entries.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return endOf(m_entries.at(i)); });
    JsonValue::Array sorted;
    sorted.reserve(order.size());
    for (const std::size_t i : order)
        sorted.push_back(std::move(m_entries.at(i)));
    m_entries = std::move(sorted);
}

QStringList ActiveSessions::tokens(std::optional<base::Instant> liveAt) const
{
    QStringList result;
    for (const JsonValue &entry : m_entries) {
        if (!liveAt || endOf(entry) > milliseconds(*liveAt))
            result << tokenOf(entry);
    }
    return result;
}

std::chrono::seconds ActiveSessions::timeToLive(base::Instant now) const
{
    return m_entries.empty() ? std::chrono::seconds(0) : betterauth::timeToLive(endOf(m_entries.back()), now);
}

QString ActiveSessions::text() const
{
    return QString::fromUtf8(jose::printJson(JsonValue(m_entries)));
}

std::chrono::seconds timeToLive(double expiresAt, base::Instant now)
{
    constexpr double longest = 8.64e12; // the furthest date
    const double left = std::floor((expiresAt - milliseconds(now)) / 1000);
    return std::chrono::seconds(left > 0 ? static_cast<qint64>(std::min(left, longest)) : 0);
}

} // namespace rollcall::engine::betterauth
