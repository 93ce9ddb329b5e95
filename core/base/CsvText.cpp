#include "core/base/CsvText.h"

#include <algorithm>

namespace rollcall::base {

QByteArray csvCell(QString text)
{
    if (!text.isEmpty() && QStringView(u"=+-@\t\r").contains(text.front()))
        text.prepend(QLatin1Char('\''));
    const bool quoted = std::ranges::any_of(text, [](QChar c) { return QStringView(u"\",\r\n").contains(c); });
    if (!quoted)
        return text.toUtf8();
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return '"' + text.toUtf8() + '"';
}

} // namespace rollcall::base
