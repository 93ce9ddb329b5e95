#include "core/findings/FindingText.h"

#include <QLocale>

#include "core/base/ErrorText.h"

namespace rollcall::findings {

namespace {

const QLocale &english()
{
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

} // namespace

QString countText(qint64 number)
{
    return english().toString(number);
}

QString countText(qint64 number, bool estimated)
{
    constexpr qint64 meant = 1000; // three digits are
    if (!estimated)
        return countText(number);
    qint64 unit = 1;
    while (number / unit >= meant)
        unit *= 10;
    return countText((number + unit / 2) / unit * unit);
}

QString rowsText(qint64 number)
{
    return number == 1 ? QStringLiteral("1 row") : countText(number) + QStringLiteral(" rows");
}

QString bytesText(qint64 bytes)
{
    return english().formattedDataSize(bytes, 1, QLocale::DataSizeTraditionalFormat);
}

QString dayText(base::Instant instant)
{
    return base::toIso(instant).left(10);
}

Finding unchecked(const QString &name, const QString &what, const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    return {.id = QStringLiteral("unchecked-") + name,
            .weight = Weight::Low,
            .title = QStringLiteral("Could not be checked: ") + what,
            .evidence = text.message,
            .remedy = text.remedy,
            .statement = {}};
}

} // namespace rollcall::findings
