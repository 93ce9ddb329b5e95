#include "core/workspace/ConnectionProfile.h"

#include <algorithm>

namespace rollcall::workspace {

namespace {

/// Where the password of an address stands: [from, to), `to` being the index of the `@` behind it.
struct Span
{
    qsizetype from = -1;
    qsizetype to = -1;
};

/// The user-info's password. People paste passwords with unencoded `@` and `/`, so the last `@` before the query ends
/// the user-info, not the first: a too short cut would leave a part of the password in sight.
Span passwordSpan(const QByteArray &url)
{
    const qsizetype scheme = url.indexOf("://");
    if (scheme < 0)
        return {};
    const qsizetype begin = scheme + 3;
    const auto firstOf = [&](const char *set) {
        for (qsizetype i = begin; i < url.size(); ++i) {
            if (QByteArrayView(set).contains(url.at(i)))
                return i;
        }
        return url.size();
    };
    const QByteArray authority = url.mid(begin, firstOf("/?#") - begin);
    if (!authority.contains('@')) {
        // "host:5432/name@home" has no user-info; "user:pa/ss@host" has one, cut by its own slash.
        const qsizetype colon = authority.lastIndexOf(':');
        const QByteArray port = colon < 0 ? QByteArray() : authority.mid(colon + 1);
        if (colon < 0 || std::all_of(port.cbegin(), port.cend(), [](char c) { return c >= '0' && c <= '9'; }))
            return {};
    }
    const qsizetype query = url.indexOf('?', begin);
    qsizetype at = url.lastIndexOf('@', query < 0 ? -1 : query);
    if (at < begin)
        at = url.lastIndexOf('@');
    const qsizetype colon = url.indexOf(':', begin);
    if (at < begin || colon < 0 || colon > at)
        return {};
    return {colon, at};
}

/// The value of a `password` query parameter (libpq takes one), as [from, to).
Span passwordParameter(const QByteArray &url)
{
    qsizetype from = url.indexOf('?');
    while (from >= 0) {
        const qsizetype next = url.indexOf('&', from + 1);
        const qsizetype end = next < 0 ? url.size() : next;
        const QByteArray pair = url.mid(from + 1, end - from - 1).toLower();
        if (pair.startsWith("password=") || pair.startsWith("sslpassword="))
            return {from, end};
        from = next;
    }
    return {};
}

} // namespace

QString environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Development:
        return QStringLiteral("development");
    case Environment::Staging:
        return QStringLiteral("staging");
    case Environment::Production:
        return QStringLiteral("production");
    }
    Q_UNREACHABLE();
}

ConnectionSecrets ConnectionSecrets::clone() const
{
    ConnectionSecrets copy{databaseUrl.clone(), cacheUrl.clone(), {}, readBy};
    copy.authSecrets.reserve(authSecrets.size());
    for (const base::SecretBytes &secret : authSecrets)
        copy.authSecrets.push_back(secret.clone());
    return copy;
}

void ConnectionSecrets::setAuthSecrets(std::vector<base::SecretBytes> secrets)
{
    authSecrets = std::move(secrets);
    readBy.clear();
}

std::vector<base::SecretBytes> ConnectionSecrets::secretsFor(session::AuthVersion version) const
{
    std::vector<base::SecretBytes> secrets;
    const auto read = readBy.find(version);
    if (read == readBy.end()) {
        for (const base::SecretBytes &secret : authSecrets)
            secrets.push_back(secret.clone());
        return secrets;
    }
    for (const std::size_t index : read->second) {
        if (index < authSecrets.size())
            secrets.push_back(authSecrets[index].clone());
    }
    return secrets;
}

bool ConnectionSecrets::isEmpty() const
{
    return databaseUrl.isEmpty() && cacheUrl.isEmpty() && authSecrets.empty();
}

QString redactUrl(const QByteArray &url)
{
    QByteArray text = url;
    if (const Span span = passwordSpan(text); span.from >= 0)
        text.remove(span.from, span.to - span.from);
    for (Span span = passwordParameter(text); span.from >= 0; span = passwordParameter(text)) {
        text.remove(span.from, span.to - span.from);
        // What followed the first parameter now begins the query.
        if (!text.contains('?') && span.from < text.size() && text.at(span.from) == '&')
            text[span.from] = '?';
    }
    return QString::fromUtf8(text);
}

bool urlHasPassword(const QByteArray &url)
{
    const Span span = passwordSpan(url);
    return (span.from >= 0 && span.to > span.from + 1) || passwordParameter(url).from >= 0;
}

} // namespace rollcall::workspace
