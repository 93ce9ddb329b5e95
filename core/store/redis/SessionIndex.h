#pragma once

#include <QStringList>

#include <array>
#include <span>

#include "core/store/SessionQuery.h"
#include "core/store/redis/SessionValue.h"
#include "core/store/redis/TextArena.h"

namespace rollcall::store {

/// What one SCAN pass saw of a Redis database's sessions, users and accounts, close together (some 90 bytes a session
/// and 60 a user with ids of 36 characters): Redis can neither filter nor sort, so that is done here. The values
/// themselves are not in it: rows that are shown are read again. Tokens are, and are wiped at the end.
///
/// Places in an order are (value ordered by, SHA-256 of the token): another index of the same database, made later or
/// by another process, has the same places for the same rows. That is what a cursor holds.
/// **Thread-safety:** one thread.
class SessionIndex final
{
public:
    /// SHA-256 of a token, as far as it is kept: what is still the same for two tokens never occurs.
    using Digest = std::array<quint8, 16>;
    static constexpr quint32 nobody = UINT32_MAX;
    static constexpr qint64 unreadable = INT64_MAX; ///< orders behind all times

    struct Entry
    {
        Digest digest;
        qint64 expires = unreadable; ///< milliseconds since the epoch
        qint64 created = unreadable;
        const char *token = nullptr;
        quint32 user = nobody;
        quint16 tokenSize = 0;

        [[nodiscard]] QByteArrayView tokenView() const { return {token, tokenSize}; }
    };

    /// A place in an order, of an entry or of one that was there.
    struct Place
    {
        std::optional<QByteArray> value; ///< milliseconds or user id; nullopt: unreadable, none
        Digest digest{};
    };

    // --- filling: in any order, each as often as SCAN returns it ---

    /// A token longer than this is none of a library's; addSession() passes it over.
    static constexpr qsizetype longestToken = 4096;
    void addSession(QByteArrayView token, const SessionFields &fields);
    /// There is a user with this id.
    void addUser(QByteArrayView id);
    void addAccount(QByteArrayView userId, const QString &provider);
    /// Users of sessions whom addUser() did not name.
    [[nodiscard]] std::vector<quint32> missingUsers() const;
    /// Drops what came twice. Afterwards nothing is added.
    void finish();

    // --- reading ---

    [[nodiscard]] const std::vector<Entry> &entries() const { return m_entries; }
    /// Sorts entries() by @p order, ascending; cheap where they are.
    void sortBy(SessionOrder order);
    /// Number of entries that come before @p place in that order, or stand at it (@p inclusive).
    [[nodiscard]] std::size_t countBefore(const Place &place, bool inclusive) const;
    [[nodiscard]] Place placeOf(const Entry &entry) const;

    [[nodiscard]] const TextPool &users() const { return m_users; }
    [[nodiscard]] bool isKnown(quint32 user) const { return user < m_known.size() && m_known[user]; }
    void setKnown(quint32 user);
    /// Users (by number) with an account of @p provider; "none": those without any account.
    [[nodiscard]] std::vector<bool> usersWith(const QString &provider) const;
    /// Sorted, each once; empty for a user without accounts.
    [[nodiscard]] QStringList providersOf(quint32 user) const;
    [[nodiscard]] session::SessionState stateOf(const Entry &entry, base::Instant now) const;
    /// Exact counts of what is in it.
    [[nodiscard]] SessionStats stats(base::Instant now) const;
    /// Memory taken.
    [[nodiscard]] qsizetype bytes() const;

    [[nodiscard]] static Digest digestOf(QByteArrayView token);

private:
    struct Account
    {
        quint32 user = nobody;
        quint32 provider = 0;
        /// By user, then by provider.
        [[nodiscard]] quint64 rank() const { return quint64{user} << 32U | provider; }
    };
    [[nodiscard]] bool isBefore(const Entry &a, const Entry &b) const;
    [[nodiscard]] QByteArrayView userOf(const Entry &entry) const;

    TextArena m_tokens;
    TextPool m_users;
    std::vector<bool> m_known; ///< by user
    TextPool m_providers;
    std::vector<Account> m_accounts; ///< sorted once finished
    std::vector<Entry> m_entries;
    std::optional<SessionOrder> m_order;
};

} // namespace rollcall::store
