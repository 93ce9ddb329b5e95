#include "core/base/WideText.h"

#include <QChar>

namespace rollcall::base {

QByteArray utf8WithHalves(QStringView text)
{
    if (text.isValidUtf16())
        return text.toUtf8();
    QByteArray bytes;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text.at(i).unicode();
        const bool isPair = QChar::isHighSurrogate(unit) && i + 1 < text.size() && text.at(i + 1).isLowSurrogate();
        if (isPair || !QChar::isSurrogate(unit)) {
            bytes += text.sliced(i, isPair ? 2 : 1).toUtf8();
            i += isPair ? 1 : 0;
            continue;
        }
        for (const unsigned byte : {0xe0U | unit >> 12U, 0x80U | (unit >> 6U & 0x3fU), 0x80U | (unit & 0x3fU)})
            bytes += static_cast<char>(byte);
    }
    return bytes;
}

} // namespace rollcall::base
