#include "core/store/schema/StoredForm.h"

#include <algorithm>

#include "core/store/schema/ExpiresCodec.h"

namespace rollcall::store {

namespace {

constexpr qsizetype dateTimeSize = 19; ///< "2026-06-15T12:00:00"
constexpr qsizetype longestForm = 40;
constexpr qsizetype mostFractionDigits = 3; ///< what an Instant can tell

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// How many digits follow the seconds and a point.
qsizetype fractionDigits(QByteArrayView iso)
{
    if (iso.size() <= dateTimeSize || iso.at(dateTimeSize) != '.')
        return 0;
    const QByteArrayView rest = iso.sliced(dateTimeSize + 1);
    return std::find_if_not(rest.begin(), rest.end(), isDigit) - rest.begin();
}

/// Whether the day of an ISO text is one of its month: others are read as days of the next.
bool isDayOfMonth(QByteArrayView iso)
{
    using namespace std::chrono;
    const auto part = [iso](qsizetype from, qsizetype length) { return iso.sliced(from, length).toInt(); };
    return year_month_day(year(part(0, 4)), month(static_cast<unsigned>(part(5, 2))),
                          day(static_cast<unsigned>(part(8, 2))))
        .ok();
}

/// The unit of @p sample in microseconds.
qint64 unitOf(QByteArrayView sample)
{
    if (std::ranges::all_of(sample, isDigit)) {
        switch (encodingOf(sample, true).value_or(ExpiresEncoding::EpochMicroseconds)) {
        case ExpiresEncoding::EpochSeconds:
            return 1'000'000;
        case ExpiresEncoding::EpochMilliseconds:
            return 1000;
        default: // digits have one of three units
            return 1;
        }
    }
    qint64 unit = 1'000'000;
    for (qsizetype digits = fractionDigits(sample); digits > 0; --digits)
        unit /= 10;
    return unit;
}

} // namespace

std::optional<QByteArray> StoredForm::nameOf(QByteArrayView value, bool isInteger, const QTimeZone &zone)
{
    if (value.size() > longestForm)
        return std::nullopt;
    const auto encoding = encodingOf(value, isInteger);
    if (!encoding)
        return std::nullopt;
    if (isInteger)
        return 'n' + QByteArray::number(unitOf(value));
    QByteArray name = value.toByteArray();
    if (*encoding == ExpiresEncoding::TextIso) {
        if (value.size() < dateTimeSize || value.at(dateTimeSize - 3) != ':' ||
            fractionDigits(value) > mostFractionDigits || !isDayOfMonth(value) ||
            (zone != QTimeZone::utc() && namesNoZone(value)))
            return std::nullopt;
        // The suffix stays as it is: another offset is another form.
        const qsizetype end = dateTimeSize + fractionDigits(value) + (fractionDigits(value) > 0 ? 1 : 0);
        std::replace_if(name.begin(), name.begin() + end, isDigit, '0');
    } else {
        std::ranges::fill(name, '0'); // digits of one length have one unit
    }
    return name;
}

std::optional<StoredForm> StoredForm::of(QByteArrayView sample, bool isInteger, const QTimeZone &zone)
{
    auto name = nameOf(sample, isInteger, zone);
    if (!name)
        return std::nullopt;
    return StoredForm(std::move(*name), sample.toByteArray(), isInteger, zone);
}

std::optional<QByteArray> StoredForm::notBefore(qint64 microseconds) const
{
    const qint64 unit = unitOf(m_sample);
    const qint64 over = microseconds % unit;
    return exactly(over == 0 ? microseconds : microseconds - over + (over > 0 ? unit : 0));
}

std::optional<QByteArray> StoredForm::exactly(qint64 microseconds) const
{
    const qint64 unit = unitOf(m_sample);
    if (microseconds % unit != 0)
        return std::nullopt;
    QByteArray text;
    if (std::ranges::all_of(m_sample, isDigit))
        text = QByteArray::number(microseconds / unit); // integers of this unit compare whatever their size
    else if (microseconds % 1000 == 0)
        text = writeLike(m_sample, base::Instant(std::chrono::milliseconds(microseconds / 1000)), m_zone);
    if (m_isInteger || nameOf(text, false, m_zone) == m_name)
        return text;
    return std::nullopt;
}

} // namespace rollcall::store
