#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/base/Call.h"
#include "core/base/Clock.h"
#include "core/jose/JsonText.h"
#include "core/store/SessionStore.h"

namespace rollcall::engine {

/// What the driver of a deployment's database makes of the column `expires`.
enum class ExpiresKind {
    Date,        ///< a Date
    InvalidDate, ///< a Date that holds no time
    Other,       ///< whatever stands in the row: text, a number, null
};

/// A session row and its user as `getSessionAndUser` returns them: objects with the columns in their order. A column
/// that is missing and one that is null are different things.
struct SessionAndUser
{
    jose::JsonValue session; ///< `expires` as ISO 8601 text where it is a Date
    jose::JsonValue user;    ///< null where the adapter returns none beside the session
    ExpiresKind expiresKind = ExpiresKind::Date;
    base::Instant expires; ///< where it is a Date
    /// The row is there, but its user is gone: adapters join the two and answer null. (Told apart for the reason.)
    bool orphan = false;
};

/// The narrow face of a database that the libraries' session code sees.
/// **Thread-safety:** one object belongs to one thread at a time.
class Adapter
{
public:
    virtual ~Adapter() = default;

    /// The row with this token; nullopt where there is none. Blocks. Errors: the database's.
    [[nodiscard]] virtual base::Result<std::optional<SessionAndUser>> getSessionAndUser(QByteArrayView token,
                                                                                        const base::Call &call) = 0;
    /// The rows of many tokens at once, in their order, one for each; another number counts as a failure.
    [[nodiscard]] virtual base::Result<std::vector<std::optional<SessionAndUser>>>
    getSessionsAndUsers(std::span<const QByteArrayView> tokens, const base::Call &call) = 0;
    /// Writes a row's new expiry.
    [[nodiscard]] virtual base::Status updateSession(QByteArrayView token, base::Instant expires,
                                                     const base::Call &call) = 0;
    /// Deletes a row, expired at @p now.
    [[nodiscard]] virtual base::Status deleteSession(QByteArrayView token, base::Instant now,
                                                     const base::Call &call) = 0;
};

/// How much of a row is read. Known: of the user name, e-mail and image, of the session id, user and expiry: all that
/// the libraries' default shapes show at the endpoint. Whole: every column, as v5's `auth()` and session callbacks see
/// them; password hashes of the users table too.
enum class RowDetail { Known, Whole };

/// The adapter of a connected database. @p store is borrowed. The columns that the libraries know bear the libraries'
/// names, all others their own.
[[nodiscard]] std::unique_ptr<Adapter> makeStoreAdapter(store::SessionStore &store,
                                                        RowDetail detail = RowDetail::Known);
/// The same, holding @p store: what LocalRuntime::openAdapter is to return. Not null.
[[nodiscard]] std::unique_ptr<Adapter> makeStoreAdapter(std::unique_ptr<store::SessionStore> store,
                                                        RowDetail detail = RowDetail::Known);

} // namespace rollcall::engine
