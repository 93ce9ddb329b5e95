#pragma once

#include "core/store/SessionStore.h"

namespace rollcall::store {

/// By what users are listed; ties by user id.
enum class UserOrder {
    Sessions, ///< who has most live sessions first
    Newest,   ///< whose newest live session is the youngest first
    Oldest,   ///< whose oldest live session is the oldest first
};

/// Which users with live sessions to list, and how many at once.
struct UserQuery
{
    std::optional<QString> search; ///< part of name or e-mail, as SessionQuery::search
    UserOrder order = UserOrder::Sessions;
    int limit = 100; ///< 1 … 10 000

    bool operator==(const UserQuery &) const = default;
};

/// A user with at least one live session. Newest and oldest are told by when sessions were created where that is
/// stored, else by when they end.
struct ListedUser
{
    QString id;
    std::optional<QString> name;
    std::optional<QString> email;
    qint64 sessions = 0;
    std::optional<base::Instant> newest; ///< nullopt: none of the times can be read
    std::optional<base::Instant> oldest;
    QStringList providers; ///< sorted
};

/// A page of users and where the next begins.
struct UserPage
{
    std::vector<ListedUser> users;
    /// Opaque, bound to search, order and tables; nullopt on the last page.
    std::optional<QByteArray> next;
};

/// A user, with sessions or without.
struct KnownUser
{
    QString id;
    std::optional<QString> email;

    bool operator==(const KnownUser &) const = default;
};

/// A canary that is in the database: its user is labelled as one, by name and e-mail address.
struct LeftCanary
{
    CanaryKey key;                 ///< the token is empty where the session is gone and its user was left
    base::Fingerprint fingerprint; ///< of the token; empty likewise
    std::optional<base::Instant> expires;
};

/// Who has sessions, counted from the sessions themselves.
///
/// No index serves such a question: every page counts all live sessions anew (in the server; in Redis over an index of
/// our own). A page therefore costs as much as the last one, and a user whose sessions change while somebody pages may
/// come twice or not at all. **Thread-safety:** as the store that it is of; errors of all, too.
class UserDirectory
{
public:
    virtual ~UserDirectory() = default;

    /// One page of @p query after @p cursor (nullopt: the first); what ends before @p now is not live. Errors:
    /// CursorInvalid.
    [[nodiscard]] virtual base::Result<UserPage> usersPage(const UserQuery &query,
                                                           const std::optional<QByteArray> &cursor, base::Instant now,
                                                           const base::Call &call) = 0;

    /// All canaries that are there, whoever made them, mostCanaries at most. Reads the users table. Errors:
    /// StatementFailed where users have neither a name nor an e-mail, so that a label cannot be told.
    [[nodiscard]] virtual base::Result<std::vector<LeftCanary>> canaries(const base::Call &call) = 0;

    static constexpr int mostCanaries = 10'000;

    /// Users whose id or e-mail is @p name but for case and for blanks around either: for whoever was not found by
    /// what was typed. A few at most; none where no table of users is known. Reads the users table.
    [[nodiscard]] virtual base::Result<std::vector<KnownUser>> usersAlike(const QString & /*name*/, const base::Call &)
    {
        return std::vector<KnownUser>();
    }

    /// Whether there is a user whose id or e-mail is @p name, exactly; nullopt where no table of users is known. May
    /// read the users table.
    [[nodiscard]] virtual base::Result<std::optional<bool>> hasUser(const QString & /*name*/, const base::Call &)
    {
        return std::nullopt;
    }

    /// How many users there are, with and without sessions; nullopt where no table of users is known. Reads all of it,
    /// or of an index.
    [[nodiscard]] virtual base::Result<std::optional<qint64>> userCount(const base::Call &call) = 0;
};

/// Whether a user of that name and e-mail is labelled as a canary's: both must fit where both are known.
[[nodiscard]] bool isCanaryUser(const std::optional<QString> &name, const std::optional<QString> &email);

} // namespace rollcall::store
