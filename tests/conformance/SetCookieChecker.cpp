#include "core/http/ChunkedCookie.h"
#include "tests/conformance/Checker.h"

namespace rollcall::conformance {

namespace {

http::CookieAttributes attributesOf(Fields options)
{
    http::CookieAttributes attributes;
    attributes.secure = options.maybeFlag(u"secure").value_or(false);
    attributes.httpOnly = options.maybeFlag(u"httpOnly").value_or(false);
    attributes.path = options.maybeText(u"path").value_or(QString()).toUtf8();
    attributes.domain = options.maybeText(u"domain").value_or(QString()).toUtf8();
    attributes.sameSite = options.maybeText(u"sameSite").value_or(QString()).toUtf8();
    return attributes;
}

http::Cookies cookiesOf(const jose::JsonValue &map, Differences &differences)
{
    http::Cookies cookies;
    if (!map.object())
        differences.add(QStringLiteral("field existing is not an object"));
    for (const auto &member : map.object() ? *map.object() : jose::JsonValue::Object()) {
        if (!member.value.string())
            differences.add(QStringLiteral("field existing.%1 is not a string").arg(member.name));
        const QByteArray value = member.value.string() ? member.value.string()->toUtf8() : QByteArray();
        cookies.push_back({member.name.toUtf8(), base::SecretBytes(QByteArrayView(value))});
    }
    return cookies;
}

} // namespace

void checkSetCookie(Fields &vector, const jose::JsonValue &, Differences &differences)
{
    const session::AuthVersion version = versionOf(vector, differences);
    const QByteArray name = vector.text(u"cookieName").toUtf8();
    const http::CookieAttributes attributes = attributesOf(vector.object(u"options"));
    const http::Cookies recognised =
        http::sessionCookies(cookiesOf(vector.value(u"existing"), differences), name, version);
    const auto value = vector.maybeText(u"value");
    const auto expires = vector.maybeNumber(u"expires");
    const QStringList expected = vector.texts(u"expected");

    const QString operation = vector.text(u"operation");
    std::vector<http::SetCookie> set;
    if (operation == u"clean") {
        set = http::clearedCookies(recognised, attributes);
    } else if (operation == u"chunk" && value && expires) {
        const base::Instant end{std::chrono::milliseconds(static_cast<qint64>(*expires * 1000))};
        set = http::renewedCookies(recognised, name, base::SecretBytes(QByteArrayView(value->toUtf8())), end,
                                   attributes, version);
    } else {
        differences.add(
            QStringLiteral("operation \"%1\" is not a known word, or lacks value or expires").arg(operation));
        return;
    }
    differences.compare(QStringLiteral("number of Set-Cookies"), static_cast<qint64>(set.size()), expected.size());
    for (qsizetype i = 0; i < std::min(expected.size(), static_cast<qsizetype>(set.size())); ++i) {
        differences.compare(QStringLiteral("Set-Cookie %1").arg(i),
                            http::setCookieLine(set.at(static_cast<std::size_t>(i))).view().toByteArray(),
                            expected.at(i).toUtf8());
    }
}

} // namespace rollcall::conformance
