#pragma once

#include "core/engine/betterauth/Config.h"
#include "core/engine/betterauth/SessionRows.h"

namespace rollcall::engine::betterauth {

/// A session as the library hands it on: columns that may be seen, in its order; and its end.
struct OutputSession
{
    jose::JsonValue session;
    /// `expiresAt` in milliseconds: NaN for an Invalid Date, 0 where the column is null, nullopt where it is missing.
    std::optional<double> expiresAt;

    /// The text of a column; empty where it is none.
    [[nodiscard]] QString text(QStringView column) const;
};

struct FoundSession
{
    OutputSession session;
    jose::JsonValue user;
};

/// Where a session was looked for in vain.
enum class Missing { Row, User, Storage };

/// What a look-up came to.
struct Lookup
{
    std::optional<FoundSession> found;
    Missing missing = Missing::Row; ///< where nothing was found
};

/// Finds, renews and removes sessions as Better Auth's internal adapter does: in secondary storage, in the database, or
/// in both. Errors: those of the stores; Internal where a stored session is not what the library would take (its code
/// then throws). **Thread-safety:** one object, one thread. **Source:** better-auth 1.7.7 db/internal-adapter,
/// db/schema;
/// @better-auth/core db/adapter/factory (transformOutput).
class SessionAdapter final
{
public:
    /// All are borrowed; @p storage is nullptr where the deployment has none.
    SessionAdapter(const Config &config, SessionRows &rows, SecondaryStorage *storage, base::Instant now)
        : m_config(config), m_rows(rows), m_storage(storage), m_now(now)
    {}

    [[nodiscard]] base::Result<Lookup> find(const QString &token, const base::Call &call);

    /// Moves the session's end to one lifetime from now; nullopt where it is gone.
    [[nodiscard]] base::Result<std::optional<OutputSession>> renew(const QString &token, const base::Call &call);

    [[nodiscard]] base::Status remove(const QString &token, const base::Call &call);

    /// Removes several at once, step by step beside each other as the library's parallel promises do: each reads lists
    /// that the others have not yet written.
    [[nodiscard]] base::Status removeAll(const QStringList &tokens, const base::Call &call);

private:
    [[nodiscard]] base::Result<std::optional<OutputSession>> renewStored(const QString &token, double expiresAt,
                                                                         const base::Call &call);
    [[nodiscard]] base::Status removeRow(const QString &token, const base::Call &call);

    const Config &m_config;
    SessionRows &m_rows;
    SecondaryStorage *m_storage;
    base::Instant m_now;
};

/// A row of the session table as the library's adapter puts it out: the schema's columns in its order, then id; dates
/// written anew, ids as text, columns that are not `returned` left out.
[[nodiscard]] OutputSession outputSession(const Config &config, const jose::JsonValue &row);

/// The same of a row of the user table.
[[nodiscard]] jose::JsonValue outputUser(const Config &config, const jose::JsonValue &row);

/// @p object without the columns that are not `returned`.
[[nodiscard]] jose::JsonValue withoutHidden(const jose::JsonValue &object, const std::vector<AdditionalField> &fields);

/// A stored or cached session or user: the object with the dates in @p columns written anew, each at its place or at
/// the end.
[[nodiscard]] jose::JsonValue withDates(jose::JsonValue object, std::initializer_list<const char16_t *> columns);

/// The Error for what makes the library's own code throw.
[[nodiscard]] base::Error libraryThrows(const QString &why);

} // namespace rollcall::engine::betterauth
