#include "core/store/redis/KeyLayout.h"

#include <algorithm>
#include <array>

using rollcall::base::Error;
using rollcall::base::ErrorCode;
using rollcall::base::ErrorParam;
using rollcall::base::fail;
using rollcall::base::Result;

namespace rollcall::store {

namespace {

constexpr qsizetype shortestToken = 16; // of Better Auth, which has 32 letters and digits
constexpr qsizetype longestToken = 128;

/// What may follow the users' prefix and yet be no user, under the adapters' default names.
constexpr std::array otherKinds{"account:", "authenticator:", "email:", "session:", "token:"};

bool mayBeToken(QByteArrayView text)
{
    return text.size() >= shortestToken && text.size() <= longestToken && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_';
           });
}

QString shown(const QByteArray &prefix)
{
    return QString::fromUtf8(patternOf(prefix));
}

QByteArray commonPrefix(const QByteArray &a, const QByteArray &b)
{
    const auto [end, other] = std::ranges::mismatch(a, b);
    Q_UNUSED(other)
    return a.first(end - a.begin());
}

} // namespace

QString layoutName(KeyLayout::Kind kind)
{
    return kind == KeyLayout::Kind::BetterAuth ? QStringLiteral("better-auth") : QStringLiteral("auth-js");
}

KeyLayout KeyLayout::authJs(const QByteArray &base)
{
    return {.kind = Kind::AuthJs,
            .sessions = base + "user:session:",
            .sessionsOfUser = base + "user:session:by-user-id:",
            .users = base + "user:",
            .usersByEmail = base + "user:email:",
            .accounts = base + "user:account:"};
}

KeyLayout KeyLayout::betterAuth(const QByteArray &base)
{
    return {.kind = Kind::BetterAuth,
            .sessions = base,
            .sessionsOfUser = base + "active-sessions-",
            .users = std::nullopt,
            .usersByEmail = {},
            .accounts = std::nullopt};
}

Result<KeyLayout> KeyLayout::of(const SchemaProfile &profile)
{
    const Error changed = Error(ErrorCode::SchemaChanged)
                              .with(ErrorParam::Table, profile.sessions.table)
                              .with(ErrorParam::Detail, QStringLiteral("the map names tables, and Redis has keys"));
    const auto sessions = prefixOf(profile.sessions.table);
    const auto ofUser = profile.keys ? prefixOf(profile.keys->sessionsOfUser) : std::nullopt;
    if (!sessions || !ofUser)
        return fail(changed);
    KeyLayout layout;
    layout.kind = profile.keys->kind;
    layout.sessions = *sessions;
    layout.sessionsOfUser = *ofUser;
    if (layout.kind == Kind::BetterAuth)
        return layout;
    if (profile.users) {
        layout.users = prefixOf(profile.users->table);
        const auto byEmail = prefixOf(profile.keys->usersByEmail);
        if (!layout.users || !byEmail)
            return fail(changed);
        layout.usersByEmail = *byEmail;
    }
    if (profile.accounts) {
        layout.accounts = prefixOf(profile.accounts->table);
        if (!layout.accounts)
            return fail(changed);
    }
    return layout;
}

void KeyLayout::describe(SchemaProfile &profile) const
{
    const auto member = [](const char *name) { return QString::fromLatin1(name); };
    profile.keys = {kind, shown(sessionsOfUser), {}};
    auto &into = profile.sessions;
    into.table = shown(sessions);
    into.userId = member("userId");
    into.encoding = ExpiresEncoding::TextIso;
    profile.indexes = {.token = true, .userId = false, .expires = false};
    if (kind == Kind::BetterAuth) {
        into.id = member("id");
        into.token = member("token");
        into.expires = member("expiresAt");
        into.createdAt = member("createdAt");
        into.ipAddress = member("ipAddress");
        into.userAgent = member("userAgent");
        return;
    }
    into.token = member("sessionToken");
    into.expires = member("expires");
    if (users) {
        profile.keys->usersByEmail = shown(usersByEmail);
        profile.users = SchemaProfile::Users{.schema = {},
                                             .table = shown(*users),
                                             .id = member("id"),
                                             .name = member("name"),
                                             .email = member("email"),
                                             .image = member("image"),
                                             .idType = {}};
    }
    if (accounts)
        profile.accounts = SchemaProfile::Accounts{
            .schema = {}, .table = shown(*accounts), .userId = member("userId"), .provider = member("provider")};
}

QByteArray KeyLayout::scanPattern() const
{
    QByteArray prefix = sessions;
    for (const auto *other : {&users, &accounts}) {
        if (*other)
            prefix = commonPrefix(prefix, **other);
    }
    return patternOf(prefix);
}

KeyLayout::Holds KeyLayout::holds(QByteArrayView key) const
{
    if (key.startsWith(sessionsOfUser))
        return Holds::Other;
    if (kind == Kind::BetterAuth)
        return key.startsWith(sessions) && mayBeToken(key.sliced(sessions.size())) ? Holds::Session : Holds::Other;
    // Of renamed prefixes one may begin with another: the longest says what it is.
    const auto isNearer = [this, key](const QByteArray &prefix) {
        return prefix.size() > sessions.size() && key.startsWith(prefix);
    };
    const bool isOther = (accounts && isNearer(*accounts)) || (users && isNearer(*users)) || isNearer(usersByEmail);
    if (key.startsWith(sessions) && !isOther)
        return Holds::Session;
    if (accounts && key.startsWith(*accounts))
        return key.sliced(accounts->size()).startsWith("by-user-id:") ? Holds::Other : Holds::Account;
    if (!usersByEmail.isEmpty() && key.startsWith(usersByEmail))
        return Holds::Other;
    if (!users || !key.startsWith(*users))
        return Holds::Other;
    const QByteArrayView id = key.sliced(users->size());
    const bool other = std::ranges::any_of(otherKinds, [id](const char *name) { return id.startsWith(name); });
    return other ? Holds::Other : Holds::User;
}

} // namespace rollcall::store
