#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

#include "core/session/Session.h"
#include "core/store/SessionQuery.h"

namespace rollcall::test {

/// A session as the test makes it.
struct CaseRow
{
    int number = 0;                       ///< its row id, name and part of its token
    std::optional<int> user;              ///< beyond caseUsers: no such user
    std::optional<base::Instant> expires; ///< nullopt: NULL
    std::optional<base::Instant> created;
    int microseconds = 0; ///< beyond those instants, where a column can tell them apart

    [[nodiscard]] QString token() const;
    [[nodiscard]] QString name() const; ///< by which it is recognised: it stands in the row as the IP address
};

constexpr int caseUsers = 6;
[[nodiscard]] QString caseUserName(int user);
[[nodiscard]] QString caseUserEmail(int user);
/// What @p user has accounts of.
[[nodiscard]] QStringList caseProviders(int user);

/// What somebody else does to the table before a page is asked for.
struct CaseChange
{
    enum class Kind { Insert, Delete, Move };
    int beforePage = 1; ///< 1: the second
    Kind kind = Kind::Insert;
    CaseRow row; ///< as it is afterwards; of Delete its number alone counts
};

/// A table, a query over it, and what happens between its pages.
struct PagingCase
{
    std::vector<CaseRow> rows;
    store::SessionQuery query;
    std::vector<CaseChange> changes;

    /// All of it, for people.
    [[nodiscard]] QString text() const;
};

/// The case of @p seed: the same each time.
[[nodiscard]] PagingCase drawCase(quint64 seed);

/// What @p row is at @p now.
[[nodiscard]] session::SessionState stateOf(const CaseRow &row, base::Instant now);

/// Whether @p query asks for @p row, worked out by itself from the row alone.
[[nodiscard]] bool matches(const CaseRow &row, const store::SessionQuery &query, base::Instant now);

/// The same case with as many rows, changes and filters left out as can be for @p stillFails to say so, asked
/// @p attempts times at most.
[[nodiscard]] PagingCase smallest(PagingCase failing, const std::function<bool(const PagingCase &)> &stillFails,
                                  int attempts);

} // namespace rollcall::test
