#pragma once

#include <QByteArray>
#include <QStringList>

#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/store/SessionSql.h"
#include "core/store/sql/SqlConnection.h"

namespace rollcall::store {

/// The providers with which users sign in, asked for by one statement for every few hundred users. A page costs little
/// more than its statements: users are told apart by the bytes of their ids, and the few sets of providers that there
/// are, are shared.
/// **Thread-safety:** reentrant.
class UserProviders final
{
public:
    /// Room for @p users.
    explicit UserProviders(std::size_t users);
    UserProviders(const UserProviders &) = delete;
    UserProviders &operator=(const UserProviders &) = delete;
    ~UserProviders() = default;

    /// The place of the user with @p id, who is noted where he was not known.
    std::size_t place(const QString &id);

    /// Asks @p connection for the providers of all users that were noted; of none where the database has no accounts.
    /// To be called once. Blocks within @p call. Errors: those of the connection.
    [[nodiscard]] base::Status read(SqlConnection &connection, const SessionSql &sessions, const base::Call &call);

    /// The providers of the user at @p place, sorted, each once.
    [[nodiscard]] const QStringList &of(std::size_t place) const { return m_providers[place]; }

private:
    void add(QByteArrayView user, QByteArrayView provider);
    [[nodiscard]] const QStringList &listOf(QByteArrayView provider);

    std::vector<QByteArray> m_texts; ///< the ids as the database writes them
    std::unordered_map<std::string_view, std::size_t> m_places;
    std::vector<QStringList> m_providers;
    std::vector<std::pair<QByteArray, QStringList>> m_alone; ///< each provider's list of itself, to be shared
};

} // namespace rollcall::store
