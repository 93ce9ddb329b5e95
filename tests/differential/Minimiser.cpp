#include "tests/differential/Minimiser.h"

#include <vector>

namespace rollcall::differential {

namespace {

/// Where in a value: the places of members or elements from the top down.
using Path = std::vector<std::size_t>;

std::size_t childrenOf(const JsonValue &value)
{
    if (value.object())
        return value.object()->size();
    return value.array() ? value.array()->size() : 0;
}

const JsonValue &childOf(const JsonValue &value, std::size_t place)
{
    return value.object() ? value.object()->at(place).value : value.array()->at(place);
}

/// @p value with what stands at @p path changed: by @p change, or dropped where that is null.
JsonValue changed(const JsonValue &value, const Path &path, std::size_t depth, const JsonValue *change)
{
    if (depth == path.size())
        return *change;
    const std::size_t place = path.at(depth);
    const bool drop = !change && depth + 1 == path.size();
    if (const JsonValue::Object *members = value.object()) {
        JsonValue::Object copy = *members;
        if (drop)
            copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(place));
        else
            copy.at(place).value = changed(copy.at(place).value, path, depth + 1, change);
        return JsonValue(std::move(copy));
    }
    JsonValue::Array copy = *value.array();
    if (drop)
        copy.erase(copy.begin() + static_cast<std::ptrdiff_t>(place));
    else
        copy.at(place) = changed(copy.at(place), path, depth + 1, change);
    return JsonValue(std::move(copy));
}

class Search
{
public:
    Search(JsonValue recipe, const std::function<bool(const JsonValue &)> &stillFails, int attempts)
        : m_best(std::move(recipe)), m_stillFails(stillFails), m_left(attempts)
    {}

    JsonValue run()
    {
        // Until a whole pass finds nothing more.
        while (m_left > 0 && pass({})) {
        }
        return std::move(m_best);
    }

private:
    [[nodiscard]] const JsonValue &at(const Path &path) const
    {
        const JsonValue *value = &m_best;
        for (const std::size_t place : path)
            value = &childOf(*value, place);
        return *value;
    }

    bool tryChange(const Path &path, const JsonValue *change)
    {
        if (m_left <= 0)
            return false;
        --m_left;
        JsonValue candidate = changed(m_best, path, 0, change);
        if (!m_stillFails(candidate))
            return false;
        m_best = std::move(candidate);
        return true;
    }

    /// Tries everything below @p path, the last first, so that dropping one leaves the others' places alone.
    bool pass(const Path &path)
    {
        bool found = false;
        for (std::size_t place = childrenOf(at(path)); place-- > 0;) {
            Path child = path;
            child.push_back(place);
            if (tryChange(child, nullptr)) {
                found = true;
                continue;
            }
            found = pass(child) || found;
        }
        if (const QString *value = at(path).string())
            found = cutText(path, *value) || found;
        const JsonValue zero(0.0);
        if (const double *value = at(path).number(); value && *value != 0)
            found = tryChange(path, &zero) || found;
        return found;
    }

    bool cutText(const Path &path, const QString &whole)
    {
        bool found = false;
        QString kept = whole;
        for (qsizetype size = kept.size(); size > 0; size /= 2) {
            for (qsizetype from = 0; from < kept.size() && m_left > 0;) {
                QString shorter = kept;
                shorter.remove(from, size);
                const JsonValue change(shorter);
                if (tryChange(path, &change)) {
                    kept = shorter;
                    found = true;
                } else {
                    from += size;
                }
            }
        }
        return found;
    }

    JsonValue m_best;
    const std::function<bool(const JsonValue &)> &m_stillFails;
    int m_left;
};

} // namespace

JsonValue minimise(JsonValue recipe, const std::function<bool(const JsonValue &)> &stillFails, int attempts)
{
    return Search(std::move(recipe), stillFails, attempts).run();
}

} // namespace rollcall::differential
