#include "core/base/Fingerprint.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <algorithm>

namespace rollcall::base {

namespace {

constexpr qsizetype digits = 16;

bool isFingerprint(const QString &text)
{
    return text.size() == digits && std::all_of(text.cbegin(), text.cend(), [](QChar c) {
               return (c >= QLatin1Char('0') && c <= QLatin1Char('9')) ||
                      (c >= QLatin1Char('a') && c <= QLatin1Char('f'));
           });
}

} // namespace

Fingerprint Fingerprint::of(QByteArrayView token)
{
    Fingerprint result;
    if (!token.isEmpty()) {
        const QByteArray hex = QCryptographicHash::hash(token.toByteArray(), QCryptographicHash::Sha256).toHex();
        result.m_hex = QString::fromLatin1(hex.first(digits));
    }
    return result;
}

Fingerprint Fingerprint::fromText(const QString &text)
{
    Fingerprint result;
    if (isFingerprint(text)) { // as every row of a listing has it
        result.m_hex = text;
        return result;
    }
    QString hex = text.toLower();
    hex.remove(QLatin1Char(' '));
    if (isFingerprint(hex))
        result.m_hex = hex;
    return result;
}

QString Fingerprint::grouped() const
{
    QString result;
    for (qsizetype i = 0; i < m_hex.size(); ++i) {
        if (i > 0 && i % 4 == 0)
            result += QLatin1Char(' ');
        result += m_hex.at(i);
    }
    return result;
}

} // namespace rollcall::base
