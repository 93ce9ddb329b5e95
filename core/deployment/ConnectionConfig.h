#pragma once

#include <QUrl>

#include <optional>

#include "core/http/HttpClient.h"
#include "core/redis/RedisUrl.h"
#include "core/store/StoreFactory.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::deployment {

/// A connection ready to be opened: profile and secrets, parsed and checked. Move-only because it holds secrets.
struct ConnectionConfig
{
    workspace::ConnectionProfile profile;
    workspace::ConnectionSecrets secrets;
    std::optional<store::DatabaseUrl> database;
    std::optional<QUrl> baseUrl;
    std::optional<base::Error> baseUrlError; ///< why an env file gives an address and yet there is none: it matters
                                             ///< only to those who ask the deployment
    std::optional<redis::RedisUrl> cache;
    std::optional<base::Error> cacheError;      ///< why an address was given and yet there is no cache: it matters only
                                                ///< to those who use one, as an env file names what it likes
    std::optional<store::SchemaProfile> schema; ///< from profile.schemaMap
    store::StoreOptions storeOptions;
    http::HttpOptions httpOptions;

    [[nodiscard]] ConnectionConfig clone() const;

    /// Whether a cookie may be sent to the deployment: over https, to a loopback host, or to one for which clear text
    /// was deliberately allowed. Errors: InsecureTransport. Fine where there is no base URL.
    [[nodiscard]] base::Status checkTransport() const;

    /// The same for the cache. Errors: cacheError, InsecureTransport. Fine where there is no cache.
    [[nodiscard]] base::Status checkCache() const;

    /// For people and the audit log: the profile's name, else the redacted database address, else the base URL.
    [[nodiscard]] QString displayName() const;

    /// Parses what the profile and secrets say. @p timeout bounds each operation.
    /// Errors: UrlInvalid, UrlSchemeUnsupported, UsageInvalid (time zone, keys of the cache), FileFormatInvalid (schema
    /// map).
    [[nodiscard]] static base::Result<ConnectionConfig>
    from(workspace::ConnectionProfile profile, workspace::ConnectionSecrets secrets, std::chrono::milliseconds timeout);
};

} // namespace rollcall::deployment
