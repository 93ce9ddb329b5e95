#include "core/base/PersonalText.h"

#include <QStringList>
#include <QTextBoundaryFinder>

namespace rollcall::base {

namespace {

constexpr qsizetype longestSuffix = 6; ///< of a domain, "museum": what is longer may be a family's name

QString rest()
{
    return QString(3, QChar(0x2022));
}

/// The first grapheme of @p part and bullets for what may follow.
QString maskedPart(const QString &part)
{
    const QString text = part.trimmed();
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
    const qsizetype end = finder.toNextBoundary();
    return text.first(std::max<qsizetype>(end, 0)) + rest();
}

} // namespace

QString maskedName(const QString &name)
{
    if (name.contains(QLatin1Char('@')))
        return maskedEmail(name);
    QStringList parts = name.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (QString &part : parts)
        part = maskedPart(part);
    return parts.join(QLatin1Char(' '));
}

QString maskedEmail(const QString &email)
{
    const qsizetype at = email.lastIndexOf(QLatin1Char('@')); // a quoted local part may hold others
    if (at < 0)
        return maskedName(email);
    const QString domain = email.mid(at + 1);
    const qsizetype dot = domain.lastIndexOf(QLatin1Char('.'));
    const bool hasSuffix = dot > 0 && domain.size() - dot - 1 <= longestSuffix;
    return maskedPart(email.first(at)) + QLatin1Char('@') + maskedPart(hasSuffix ? domain.first(dot) : domain) +
           (hasSuffix ? domain.mid(dot) : QString());
}

QString maskedUser(const QString &text)
{
    return text.contains(QLatin1Char('@')) ? maskedEmail(text) : text;
}

} // namespace rollcall::base
