#include "ui/overview/OverviewWords.h"

#include <QCoreApplication>
#include <QLocale>

namespace rollcall::overview {

using common::ColorToken;
using common::Icon;
using findings::Weight;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("OverviewWords", text);
}

} // namespace

QString shareText(qint64 part, qint64 whole)
{
    if (whole <= 0)
        return {};
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    if (part > 0 && percent < 1)
        return tr("<1 %");
    return tr("%1 %").arg(QLocale().toString(qRound(percent)));
}

QString weightWord(Weight weight)
{
    switch (weight) {
    case Weight::High:
        return tr("Severe");
    case Weight::Medium:
        return tr("Warning");
    case Weight::Low:
        return tr("Note");
    }
    return {};
}

Icon weightIcon(Weight weight)
{
    switch (weight) {
    case Weight::High:
        return Icon::Fail;
    case Weight::Medium:
        return Icon::Warn;
    case Weight::Low:
        return Icon::Info;
    }
    return Icon::Info;
}

ColorToken weightTint(Weight weight)
{
    switch (weight) {
    case Weight::High:
        return ColorToken::Bad;
    case Weight::Medium:
        return ColorToken::Warn;
    case Weight::Low:
        return ColorToken::Info;
    }
    return ColorToken::Info;
}

QString copyText(const findings::Finding &finding)
{
    if (finding.statement.isEmpty())
        return {};
    return finding.id.startsWith(QStringLiteral("rights")) ? tr("Copy GRANTs") : tr("Copy CREATE INDEX");
}

} // namespace rollcall::overview
