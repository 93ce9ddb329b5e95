#include "ui/connect/DatabaseAddress.h"

#include "core/store/sql/DatabaseUrl.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::connect {

namespace {

bool isMysqlAddress(const QString &address)
{
    const QString scheme = address.trimmed().section(QLatin1Char(':'), 0, 0).toLower();
    return scheme == QLatin1String("mysql") || scheme == QLatin1String("mariadb");
}

/// The parameters that name a certificate and its key.
QStringList certificateParameters(const QString &address)
{
    return isMysqlAddress(address) ? QStringList{QStringLiteral("ssl-cert"), QStringLiteral("ssl-key")}
                                   : QStringList{QStringLiteral("sslcert"), QStringLiteral("sslkey")};
}

QString withoutParameters(const QString &address, const QStringList &names)
{
    const qsizetype question = address.indexOf(QLatin1Char('?'));
    if (question < 0)
        return address;
    QStringList kept;
    for (const QString &parameter : address.mid(question + 1).split(QLatin1Char('&'))) {
        if (!names.contains(parameter.section(QLatin1Char('='), 0, 0)))
            kept << parameter;
    }
    const QString rest = kept.join(QLatin1Char('&'));
    return rest.isEmpty() ? address.first(question) : address.first(question + 1) + rest;
}

QString withParameter(const QString &address, const QString &name, const QByteArray &encoded)
{
    const QLatin1Char separator(address.contains(QLatin1Char('?')) ? '&' : '?');
    return address + separator + name + QLatin1Char('=') + QString::fromLatin1(encoded);
}

} // namespace

SplitAddress splitPassword(const QByteArray &url)
{
    SplitAddress split;
    split.address = workspace::redactUrl(url);
    split.address.replace(QStringLiteral("://@"), QStringLiteral("://")); // of a password without a user
    auto parsed = store::DatabaseUrl::parse(url);
    if (!parsed)
        return split;
    if (parsed->redis) {
        split.password = std::move(parsed->redis->password);
        split.certificate = std::move(parsed->redis->certificate);
    } else {
        split.password = std::move(parsed->password);
        split.certificate = {parsed->sslCert, parsed->sslKey, std::move(parsed->sslPassword)};
    }
    if (split.certificate.isNamed())
        split.address = withoutParameters(split.address, certificateParameters(split.address));
    return split;
}

base::SecretBytes joinPassword(const QString &address, const base::SecretBytes &password)
{
    const QByteArray text = address.trimmed().toUtf8();
    const qsizetype scheme = text.indexOf("://");
    if (password.isEmpty() || scheme < 0 || isFileAddress(address))
        return {};
    const qsizetype begin = scheme + 3;
    qsizetype end = begin;
    while (end < text.size() && !QByteArrayView("/?#").contains(text.at(end)))
        ++end;
    const qsizetype at = text.lastIndexOf('@', end - 1);
    const bool hasUser = at >= begin;
    QByteArray plain = password.view().toByteArray();
    QByteArray encoded = plain.toPercentEncoding();
    QByteArray joined = text.first(hasUser ? at : begin) + ':' + encoded + '@' + text.mid(hasUser ? at + 1 : begin);
    base::wipe(plain);
    base::wipe(encoded);
    return base::SecretBytes::fromAndWipe(joined);
}

QString withCertificate(const QString &address, const ClientCertificate &certificate)
{
    const QString text = address.trimmed();
    if (!takesCertificate(text) || !text.contains(QLatin1String("://")))
        return text;
    const QStringList names = certificateParameters(text);
    QString named = text;
    for (const auto &[name, path] :
         {std::pair{names.front(), certificate.certificate}, {names.back(), certificate.key}}) {
        if (!path.isEmpty())
            named = withParameter(named, name, path.toUtf8().toPercentEncoding("/"));
    }
    return named;
}

base::SecretBytes joinSecrets(const QString &address, const base::SecretBytes &password,
                              const ClientCertificate &certificate)
{
    const QString named = withCertificate(address, certificate);
    base::SecretBytes joined = joinPassword(named, password);
    if (certificate.password.isEmpty() || named == address.trimmed())
        return joined;
    QByteArray plain = certificate.password.view().toByteArray();
    QByteArray encoded = plain.toPercentEncoding();
    QByteArray whole = joined.isEmpty() ? named.toUtf8() : joined.view().toByteArray();
    whole += "&sslpassword=" + encoded;
    base::wipe(plain);
    base::wipe(encoded);
    return base::SecretBytes::fromAndWipe(whole);
}

bool takesCertificate(const QString &address)
{
    const QString text = address.trimmed();
    return !text.isEmpty() && !isFileAddress(text) &&
           (!isRedisAddress(text) || text.startsWith(QLatin1String("rediss:"), Qt::CaseInsensitive));
}

bool isFileAddress(const QString &address)
{
    const QString text = address.trimmed();
    return text.startsWith(QLatin1String("sqlite:"), Qt::CaseInsensitive) ||
           text.startsWith(QLatin1String("file:"), Qt::CaseInsensitive);
}

bool isRedisAddress(const QString &address)
{
    const QString scheme = address.trimmed().section(QLatin1Char(':'), 0, 0).toLower();
    return scheme == QLatin1String("redis") || scheme == QLatin1String("rediss") || scheme == QLatin1String("upstash");
}

} // namespace rollcall::connect
