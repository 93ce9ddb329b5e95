#include "core/routes/SitemapReader.h"

#include <QXmlStreamReader>

namespace rollcall::routes {

namespace {

tl::unexpected<base::Error> invalid(const QString &origin, qint64 line, const QString &detail)
{
    return base::fail(base::Error(base::ErrorCode::FileFormatInvalid)
                          .with(base::ErrorParam::Path, origin)
                          .with(base::ErrorParam::Line, line)
                          .with(base::ErrorParam::Detail, detail));
}

} // namespace

base::Result<Sitemap> readSitemap(const QByteArray &xml, const QString &origin)
{
    if (xml.startsWith("\x1f\x8b"))
        return invalid(origin, 1, QStringLiteral("compressed with gzip: unpack it first"));
    QXmlStreamReader reader(xml);
    Sitemap sitemap;
    if (!reader.readNextStartElement())
        return invalid(origin, reader.lineNumber(), QStringLiteral("not XML (%1)").arg(reader.errorString()));
    const bool index = reader.name() == QLatin1String("sitemapindex");
    if (!index && reader.name() != QLatin1String("urlset"))
        return invalid(origin, reader.lineNumber(),
                       QStringLiteral("not a sitemap: it begins with neither urlset nor sitemapindex"));
    while (!reader.atEnd()) {
        // Images and videos have a loc of their own, in other namespaces with other prefixes.
        if (reader.readNext() != QXmlStreamReader::StartElement || reader.qualifiedName() != QLatin1String("loc"))
            continue;
        const QUrl url(reader.readElementText(QXmlStreamReader::SkipChildElements).trimmed());
        const bool web = url.scheme() == QLatin1String("http") || url.scheme() == QLatin1String("https");
        if (url.isValid() && web)
            (index ? sitemap.sitemaps : sitemap.pages)
                .push_back(url.adjusted(QUrl::RemoveQuery | QUrl::RemoveFragment | QUrl::RemoveUserInfo));
    }
    if (reader.hasError())
        return invalid(origin, reader.lineNumber(), QStringLiteral("not XML (%1)").arg(reader.errorString()));
    return sitemap;
}

} // namespace rollcall::routes
