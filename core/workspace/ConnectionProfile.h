#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "core/base/Secret.h"
#include "core/session/AuthProfile.h"

namespace rollcall::workspace {

enum class Environment { Development, Staging, Production };

/// "development", "staging", "production".
[[nodiscard]] QString environmentName(Environment environment);

/// What is saved of a connection: everything but its secrets. **Thread-safety:** plain value.
struct ConnectionProfile
{
    QString name;
    Environment environment = Environment::Development; ///< `--production` is Environment::Production
    QString note;
    QString database; ///< address without password (redactUrl()); empty: none
    QString baseUrl;  ///< the deployment's origin; empty: none
    QString basePath = QStringLiteral("/api/auth");
    std::optional<session::AuthVersion> version;     ///< nullopt: auto
    std::optional<session::AuthVersion> versionHint; ///< what an env file's names, or a request's cookies, suggest:
                                                     ///< used where version is auto and nothing tells it
    std::optional<session::Strategy> strategy;       ///< nullopt: auto
    QString cookieName;                              ///< empty: the version's default
    std::optional<std::chrono::seconds> maxAge;      ///< nullopt: the library's default
    std::chrono::seconds updateAge{86'400};
    session::CookieParser cookieParser = session::CookieParser::App;
    QString cache;         ///< address without password; empty: none
    QStringList cacheKeys; ///< how the deployment names keys of sessions in that cache (cache::CacheKeyPattern)
    QString caFile;
    QString timeZone;                 ///< IANA name; empty: UTC assumed, and said so
    QStringList insecureHosts;        ///< deliberate exceptions from verified TLS
    QString schemaMap;                ///< JSON of a corrected schema map (`schema detect` form); empty: detect
    bool needsApproval = false;       ///< a revocation wants a second person's approval of its plan (revoke::Approval)
    std::chrono::seconds watchFor{0}; ///< how long revoked sessions are looked for again; 0: not at all
    QString ownUser;           ///< id or e-mail under which whoever works with it signs in there; empty: not said
    bool maskPersonal = false; ///< names and e-mails show masked until somebody asks for them (base::maskedName())

    bool operator==(const ConnectionProfile &) const = default;
};

/// The secrets that belong to a profile; they rest in a SecretVault, never in the profile's file.
struct ConnectionSecrets
{
    base::SecretBytes databaseUrl;              ///< the whole address with password; empty where it has none
    base::SecretBytes cacheUrl;                 ///< the same for the cache
    std::vector<base::SecretBytes> authSecrets; ///< current first
    /// Which of authSecrets each library reads, as indices in its order, where an env file tells: the libraries take
    /// different variables. Empty: whichever runs reads them all.
    std::map<session::AuthVersion, std::vector<std::size_t>> readBy;

    [[nodiscard]] ConnectionSecrets clone() const;
    /// Puts @p secrets, of whichever library runs, in the place of authSecrets.
    void setAuthSecrets(std::vector<base::SecretBytes> secrets);
    /// A copy of what @p version reads of authSecrets, current first.
    [[nodiscard]] std::vector<base::SecretBytes> secretsFor(session::AuthVersion version) const;
    [[nodiscard]] bool isEmpty() const;
};

/// @p url without the password in its user-info part; texts that are no URL with a password stay as they are.
[[nodiscard]] QString redactUrl(const QByteArray &url);

/// True where the user-info part of @p url holds a password.
[[nodiscard]] bool urlHasPassword(const QByteArray &url);

} // namespace rollcall::workspace
