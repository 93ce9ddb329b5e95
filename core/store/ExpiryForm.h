#pragma once

#include <chrono>
#include <functional>

#include "core/store/SchemaSql.h"
#include "core/store/SessionQuery.h"
#include "core/store/schema/StoredForm.h"

namespace rollcall::store {

/// Knows whether all expiries of a SQLite table are stored in one form, so that a page can compare and order them as
/// they are stored, by an index. Every row is looked at for that, in the index alone and once for each state of the
/// file; any other value, whoever writes it, is noticed before the next page. Where that takes long, it is done for a
/// hundredth of the time at most: meanwhile the first and the last value tell whether another form came in, and what a
/// page itself shows (forget()); every row is looked at as soon as that is over, written or not. Other databases need
/// none of it: there a column's type tells the form.
/// **Thread-safety:** none; as its connection.
class ExpiryForm final
{
public:
    using Now = std::function<std::chrono::steady_clock::time_point()>;

    /// @p connection and @p schema outlive the object. How long a look takes, and when another is due, is told by
    /// @p now.
    ExpiryForm(SqlConnection &connection, DatabaseKind kind, const SchemaSql &schema,
               Now now = std::chrono::steady_clock::now)
        : m_connection(connection), m_kind(kind), m_schema(schema), m_now(std::move(now))
    {}

    /// Whether it can be of use: in SQLite, where an index leads with the expiry.
    [[nodiscard]] bool isWanted(const SessionQuery &query) const;
    /// The form in which all expiries are stored, as of the transaction that is open; nullopt where they differ or do
    /// not sort by instant. Blocks within @p call. Errors: as SqlConnection.
    [[nodiscard]] base::Result<std::optional<StoredForm>> current(const base::Call &call);
    /// The next current() looks at every row.
    void forget() { m_version.clear(); }

private:
    [[nodiscard]] bool mayTrust() const;
    /// Whether the first and the last value are of the known form.
    base::Result<bool> endsAgree(const base::Call &call);
    base::Result<std::optional<StoredForm>> read(const base::Call &call);

    SqlConnection &m_connection;
    DatabaseKind m_kind;
    const SchemaSql &m_schema;
    Now m_now;
    QByteArray m_version;      ///< of the data that m_form is of; empty: none yet
    bool m_isLookedAt = false; ///< every row of them was; else the ends alone, and that lasts until m_lookAgain
    std::optional<StoredForm> m_form;
    std::chrono::steady_clock::time_point m_lookAgain; ///< when every row is to be looked at again
};

} // namespace rollcall::store
