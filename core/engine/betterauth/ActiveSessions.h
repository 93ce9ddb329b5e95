#pragma once

#include <QStringList>

#include <chrono>
#include <optional>

#include "core/base/Clock.h"
#include "core/jose/JsonText.h"

namespace rollcall::engine::betterauth {

/// The list of a user's sessions that secondary storage keeps beside them: `[{"token","expiresAt":ms},…]`.
/// **Thread-safety:** a plain value. **Source:** better-auth 1.7.7 db/internal-adapter; facts/session-protocol.md §8.4.
class ActiveSessions final
{
public:
    /// The key of a user's list; of a user without an id, that of what the library prints in its place.
    [[nodiscard]] static QString keyOf(const QString &userId);

    /// Reads a stored list; text that is none, and absent text, is an empty one.
    [[nodiscard]] static ActiveSessions read(const std::optional<QString> &text);

    /// Drops entries that are over at @p now, and those of @p tokens.
    void keepLive(base::Instant now, const QStringList &tokens);
    /// Adds an entry that ends at @p expiresAt (milliseconds since the epoch).
    void add(const QString &token, double expiresAt);
    /// Orders entries by their ends, keeping the order of equal ones.
    void sort();

    [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
    /// Tokens of the entries, in their order; of those that live beyond @p liveAt alone, where given.
    [[nodiscard]] QStringList tokens(std::optional<base::Instant> liveAt = std::nullopt) const;
    /// Whole seconds from @p now to the last entry's end.
    [[nodiscard]] std::chrono::seconds timeToLive(base::Instant now) const;
    /// The text to store.
    [[nodiscard]] QString text() const;

private:
    jose::JsonValue::Array m_entries; ///< objects
};

/// Whole seconds from @p now to @p expiresAt (milliseconds since the epoch), none below 0.
[[nodiscard]] std::chrono::seconds timeToLive(double expiresAt, base::Instant now);

} // namespace rollcall::engine::betterauth
