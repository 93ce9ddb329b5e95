#pragma once

#include <QTimeZone>

#include "core/jose/JsonText.h"
#include "core/session/Session.h"
#include "core/store/SessionStore.h"
#include "core/store/redis/KeyLayout.h"

namespace rollcall::store {

/// What an index needs of a session's value.
struct SessionFields
{
    std::optional<QByteArray> userId;
    std::optional<base::Instant> expires; ///< nullopt: not readable
    std::optional<base::Instant> createdAt;
    bool hasUser = false; ///< Better Auth: the user is in the value
    bool isOf = true;     ///< SessionValue::isOf() of the token that was asked about

    bool operator==(const SessionFields &) const = default;
};

/// The JSON that stands for a session, read and written as the libraries do.
/// **Thread-safety:** a value; reentrant.
class SessionValue final
{
public:
    /// Reads @p text as @p kind stores it; nullopt where it is none: no JSON object or, with Better Auth, one without
    /// a session in it.
    [[nodiscard]] static std::optional<SessionValue> read(KeyLayout::Kind kind, const QByteArray &text);

    /// fields() of @p text, which stands under the key of @p token, without building the rest, for the many. nullopt as
    /// read().
    [[nodiscard]] static std::optional<SessionFields> readFields(KeyLayout::Kind kind, QByteArrayView token,
                                                                 const QByteArray &text, const QTimeZone &zone);

    /// Times without an offset are read in @p zone; numbers are milliseconds, as JavaScript has them.
    [[nodiscard]] SessionFields fields(const QTimeZone &zone) const;
    [[nodiscard]] std::optional<QString> userId() const;
    /// Whether this is the session of @p token: adapters of Auth.js write the token into it too, which tells it from
    /// other objects under a prefix that fits them. Better Auth's are told by their form.
    [[nodiscard]] bool isOf(QByteArrayView token) const;
    /// Text of the session's member @p name; nullopt where it is absent, null or no text.
    [[nodiscard]] std::optional<QString> text(QStringView name) const;
    /// The session's own members.
    [[nodiscard]] const jose::JsonValue &session() const;
    /// The user in the same value (Better Auth); nullptr where there is none.
    [[nodiscard]] const jose::JsonValue *embeddedUser() const;

    /// The value with another end, as the library would write it.
    [[nodiscard]] QByteArray withExpires(base::Instant expires) const;

private:
    SessionValue(KeyLayout::Kind kind, jose::JsonValue whole) : m_kind(kind), m_whole(std::move(whole)) {}

    KeyLayout::Kind m_kind;
    jose::JsonValue m_whole;
};

/// A session and its user as the engine needs them. @p user is nullptr where there is none.
[[nodiscard]] SessionRow rowOf(const SessionValue &value, const jose::JsonValue *user, const QTimeZone &zone);

/// The same with all members, in their order.
[[nodiscard]] WholeRow wholeRowOf(const SessionValue &value, const jose::JsonValue *user, const QTimeZone &zone);

/// A session for a listing; state and providers are the caller's. @p user as above.
[[nodiscard]] session::ListedSession listedOf(QByteArrayView token, const std::optional<SessionValue> &value,
                                              const jose::JsonValue *user, const QTimeZone &zone);

/// The text member @p name of @p object; nullopt where it is absent, null or no text, or @p object is nullptr.
[[nodiscard]] std::optional<QString> memberText(const jose::JsonValue *object, QStringView name);

} // namespace rollcall::store
