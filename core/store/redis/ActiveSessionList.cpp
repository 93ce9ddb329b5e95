#include "core/store/redis/ActiveSessionList.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/jose/JsonText.h"

using rollcall::jose::JsonValue;

namespace rollcall::store {

namespace {

double endOf(const JsonValue &entry)
{
    const JsonValue *end = entry.find(u"expiresAt");
    return end && end->number() ? *end->number() : -std::numeric_limits<double>::infinity();
}

QByteArray tokenOf(const JsonValue &entry)
{
    const JsonValue *token = entry.find(u"token");
    return token && token->string() ? token->string()->toUtf8() : QByteArray();
}

double milliseconds(base::Instant instant)
{
    return static_cast<double>(instant.time_since_epoch().count());
}

} // namespace

std::chrono::seconds lifeUntil(base::Instant end, base::Instant now)
{
    return std::max(std::chrono::seconds(1), std::chrono::floor<std::chrono::seconds>(end - now));
}

bool isReadableList(const KeyReader::Value &text)
{
    const auto parsed = text ? jose::parseJson(QString::fromUtf8(*text)) : std::nullopt;
    return !text || (parsed && parsed->array());
}

std::optional<KeyChange> changedList(const KeyReader::Value &text, const QByteArrayList &tokens,
                                     const std::optional<std::pair<QByteArray, base::Instant>> &added,
                                     base::Instant now)
{
    const auto parsed = text ? jose::parseJson(QString::fromUtf8(*text)) : std::nullopt;
    if (text && (!parsed || !parsed->array()))
        return std::nullopt;
    JsonValue::Array entries = parsed ? *parsed->array() : JsonValue::Array();
    const bool named = std::ranges::any_of(entries, [&](const auto &entry) { return tokens.contains(tokenOf(entry)); });
    if (!named && !added)
        return std::nullopt;
    std::erase_if(entries, [&](const JsonValue &entry) {
        return endOf(entry) <= milliseconds(now) || tokens.contains(tokenOf(entry));
    });
    if (added) {
        JsonValue entry{JsonValue::Object()};
        entry.set(QStringLiteral("token"), JsonValue(QString::fromUtf8(added->first)));
        entry.set(QStringLiteral("expiresAt"), JsonValue(milliseconds(added->second)));
        entries.push_back(std::move(entry));
    }
    if (entries.empty())
        return KeyChange{text, std::nullopt, std::nullopt};
    // Places are sorted, not values: GCC 12 sees uninitialised ones in a sort of the latter.
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return endOf(entries[i]); });
    JsonValue::Array sorted;
    for (const std::size_t i : order)
        sorted.push_back(std::move(entries[i]));
    constexpr double furthest = 8.64e15; // the furthest date
    const base::Instant last{std::chrono::milliseconds(static_cast<qint64>(std::min(endOf(sorted.back()), furthest)))};
    return KeyChange{text, jose::printJson(JsonValue(std::move(sorted))), lifeUntil(last, now)};
}

} // namespace rollcall::store
