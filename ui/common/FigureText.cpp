#include "ui/common/FigureText.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

namespace rollcall::common {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("FigureText", text);
}

} // namespace

QString figureText(qint64 number, bool estimated)
{
    const QLocale locale;
    if (!estimated)
        return locale.toString(number);
    constexpr qint64 million = 1'000'000;
    if (number >= million)
        return tr("about %1 million").arg(locale.toString(static_cast<double>(number) / million, 'f', 1));
    const auto digits = static_cast<int>(std::log10(static_cast<double>(std::max<qint64>(number, 1))));
    const auto unit = static_cast<qint64>(std::pow(10, std::max(digits - 2, 0)));
    return tr("about %1").arg(locale.toString((number + unit / 2) / unit * unit));
}

} // namespace rollcall::common
