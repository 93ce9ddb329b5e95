#include "core/http/HttpDate.h"

#include <QDateTime>
#include <QLocale>

namespace rollcall::http {

namespace {

const QString &imfFixdate()
{
    static const QString format = QStringLiteral("ddd, dd MMM yyyy HH:mm:ss 'GMT'");
    return format;
}

} // namespace

QByteArray httpDate(base::Instant instant)
{
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(instant.time_since_epoch().count(), Qt::UTC);
    return QLocale::c().toString(time, imfFixdate()).toLatin1();
}

std::optional<base::Instant> parseHttpDate(QByteArrayView text)
{
    QDateTime time = QLocale::c().toDateTime(QString::fromLatin1(text), imfFixdate());
    if (!time.isValid())
        return std::nullopt;
    time.setTimeSpec(Qt::UTC);
    return base::Instant(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

} // namespace rollcall::http
