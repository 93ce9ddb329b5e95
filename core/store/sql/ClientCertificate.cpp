#include "core/store/sql/ClientCertificate.h"

#include "core/http/ClientCertificate.h"

namespace rollcall::store {

base::Status checkClientCertificate(const DatabaseUrl &url)
{
    const http::ClientCertificate files{url.sslCert, url.sslKey, url.sslPassword.clone()};
    if (!files.isNamed())
        return {};
    if (const auto read = http::readIdentity(files, QStringLiteral("database")); !read)
        return base::fail(read.error());
    return {};
}

} // namespace rollcall::store
