#include "core/base/PersonalText.h"

#include <QStringList>
#include <QTextBoundaryFinder>

#include <algorithm>

namespace rollcall::base {

namespace {

constexpr qsizetype longestSuffix = 6;    ///< of a domain, "museum": what is longer may be a family's name
constexpr qsizetype longestGrapheme = 32; ///< in code units; what is looked at, however long a part is

QString rest()
{
    return QString(3, QChar(0x2022));
}

/// The first character of @p part as a person sees it.
QString firstGrapheme(const QString &part)
{
    QString text = part.first(std::min(part.size(), longestGrapheme));
    if (text.size() < part.size() && text.back().isHighSurrogate())
        text.chop(1);
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
    return text.first(std::max<qsizetype>(finder.toNextBoundary(), 0));
}

/// Of each of @p parts the first grapheme and bullets for what may follow; bullets alone where nothing would follow in
/// any of them, as that would tell all.
QStringList maskedParts(const QStringList &parts)
{
    QStringList masked;
    bool isAllShown = true;
    for (const QString &part : parts) {
        const QString text = part.trimmed();
        const QString first = firstGrapheme(text);
        isAllShown &= first.size() == text.size();
        masked << first + rest();
    }
    if (isAllShown)
        masked.fill(rest());
    return masked;
}

bool isSuffix(QStringView label)
{
    return label.size() <= longestSuffix &&
           std::ranges::all_of(label, [](QChar letter) { return letter.unicode() < 0x80 && letter.isLetter(); });
}

} // namespace

QString maskedName(const QString &name)
{
    if (name.contains(QLatin1Char('@')))
        return maskedEmail(name);
    return maskedParts(name.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts)).join(QLatin1Char(' '));
}

QString maskedEmail(const QString &email)
{
    const qsizetype at = email.lastIndexOf(QLatin1Char('@')); // a quoted local part may hold others
    if (at < 0)
        return maskedName(email);
    const QString domain = email.mid(at + 1).trimmed();
    const qsizetype dot = domain.lastIndexOf(QLatin1Char('.'));
    const bool hasSuffix = dot > 0 && isSuffix(QStringView(domain).mid(dot + 1));
    return maskedParts({email.first(at), hasSuffix ? domain.first(dot) : domain}).join(QLatin1Char('@')) +
           (hasSuffix ? domain.mid(dot) : QString());
}

QString maskedUser(const QString &text)
{
    return text.contains(QLatin1Char('@')) ? maskedEmail(text) : text;
}

} // namespace rollcall::base
