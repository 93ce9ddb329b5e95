#include "tests/conformance/Differences.h"

#include <algorithm>

namespace rollcall::conformance {

namespace {

/// Characters of a long text that are shown around the place where it begins to differ.
constexpr qsizetype shownBefore = 40;
constexpr qsizetype shownAtMost = 240;

/// The part of @p printed (JSON text, so control characters are escaped) around @p place.
QString excerpt(const QByteArray &printed, qsizetype place)
{
    if (printed.size() <= shownAtMost)
        return QString::fromUtf8(printed);
    const qsizetype from = std::max<qsizetype>(0, place - shownBefore);
    const QString part = QString::fromUtf8(printed.sliced(from, std::min(shownAtMost, printed.size() - from)));
    return QStringLiteral("(%1 bytes, from %2) %3").arg(printed.size()).arg(from).arg(part);
}

} // namespace

void Differences::compare(const QString &what, const jose::JsonValue &actual, const jose::JsonValue &expected)
{
    const QByteArray left = jose::printJson(actual);
    const QByteArray right = jose::printJson(expected);
    if (left == right)
        return;
    const auto place = std::mismatch(left.begin(), left.end(), right.begin(), right.end()).first - left.begin();
    add(QStringLiteral("%1: expected %2, got %3").arg(what, excerpt(right, place), excerpt(left, place)));
}

void Differences::compare(const QString &what, const QString &actual, const QString &expected)
{
    compare(what, jose::JsonValue(actual), jose::JsonValue(expected));
}

void Differences::compare(const QString &what, const QByteArray &actual, const QByteArray &expected)
{
    compare(what, QString::fromUtf8(actual), QString::fromUtf8(expected));
}

void Differences::compare(const QString &what, bool actual, bool expected)
{
    compare(what, jose::JsonValue(actual), jose::JsonValue(expected));
}

void Differences::compare(const QString &what, qint64 actual, qint64 expected)
{
    compare(what, jose::JsonValue(static_cast<double>(actual)), jose::JsonValue(static_cast<double>(expected)));
}

} // namespace rollcall::conformance
