#pragma once

#include <QUrl>

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/http/ClientCertificate.h"

namespace rollcall::redis {

/// The address of a Redis database, taken apart. **Thread-safety:** plain value.
struct RedisUrl
{
    enum class Kind {
        Resp,   ///< redis:// (clear text) or rediss:// (TLS)
        Upstash ///< upstash:https://: Upstash's REST
    };

    Kind kind = Kind::Resp;
    bool tls = false;
    QString host; ///< as written, without brackets
    quint16 port = 6379;
    int database = 0;                    ///< Resp alone
    QString user;                        ///< of an ACL; empty: the default user
    base::SecretBytes password;          ///< Upstash: the REST token; empty: none
    http::ClientCertificate certificate; ///< of ours, for servers that want one: TLS over Resp alone

    [[nodiscard]] RedisUrl clone() const;

    /// "redis://user@host:6379/0", "upstash:https://host": for people and files.
    [[nodiscard]] QString withoutPassword() const;

    /// The REST endpoint of an Upstash address, without its token.
    [[nodiscard]] QUrl restUrl() const;

    /// Whether it may be spoken to: over TLS (verified by whoever connects), with a loopback host, or with one of
    /// @p insecureHosts. Sessions are personal data, so this holds without a password too. Errors: InsecureTransport.
    [[nodiscard]] base::Status checkTransport(const QStringList &insecureHosts) const;

    /// Reads `redis://[[user]:password@]host[:port][/database]`, `rediss://` likewise, and `upstash:` with an https
    /// address after it whose user information ends in the REST token (`upstash:https://default:TOKEN@host`). User name
    /// and password are percent-decoded. A client certificate is named by the parameters sslcert, sslkey and
    /// sslpassword, as in a PostgreSQL address. Errors (never with the text): UrlInvalid, UrlSchemeUnsupported.
    /// **Source:** www.iana.org/assignments/uri-schemes/prov/redis (and rediss); contracts of the command line.
    [[nodiscard]] static base::Result<RedisUrl> parse(const QByteArray &text);
};

} // namespace rollcall::redis
