#include "ui/connect/DatabaseAddress.h"

#include "core/store/sql/DatabaseUrl.h"
#include "core/workspace/ConnectionProfile.h"

namespace rollcall::connect {

SplitAddress splitPassword(const QByteArray &url)
{
    SplitAddress split;
    split.address = workspace::redactUrl(url);
    split.address.replace(QStringLiteral("://@"), QStringLiteral("://")); // of a password without a user
    if (auto parsed = store::DatabaseUrl::parse(url))
        split.password = parsed->redis ? std::move(parsed->redis->password) : std::move(parsed->password);
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
