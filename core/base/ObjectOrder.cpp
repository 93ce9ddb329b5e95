#include "core/base/ObjectOrder.h"

namespace rollcall::base {

std::optional<quint32> arrayIndex(QStringView name)
{
    constexpr qsizetype mostDigits = 10;
    constexpr quint64 end = 0xffff'ffff;
    if (name.isEmpty() || name.size() > mostDigits || (name.size() > 1 && name.front() == u'0'))
        return std::nullopt;
    quint64 value = 0;
    for (const QChar digit : name) {
        if (digit < u'0' || digit > u'9')
            return std::nullopt;
        value = value * 10 + static_cast<quint64>(digit.unicode() - u'0');
    }
    if (value >= end)
        return std::nullopt;
    return static_cast<quint32>(value);
}

} // namespace rollcall::base
