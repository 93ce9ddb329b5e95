#include "core/probe/ReportSvg.h"

#include <algorithm>
#include <cmath>

#include "core/probe/ReportText.h"

namespace rollcall::probe {

namespace {

constexpr double markerSize = 4.5;
constexpr double legendStep = 8; ///< pixels a character takes, about

/// The name without its route: a legend is about modes.
QString modeName(const CellId &id)
{
    return cellName({QString(), id.mode, id.cache}).trimmed();
}

/// Ticks are whole: "20 ms" rather than "20.0 ms".
QString tickText(double ns)
{
    return durationText(ns)
        .replace(QLatin1String(".00 "), QLatin1String(" "))
        .replace(QLatin1String(".0 "), QLatin1String(" "));
}

} // namespace

QString pixel(double position)
{
    return QString::number(position, 'f', 1);
}

QString escapedHtml(const QString &text)
{
    QString safe;
    for (const QChar c : text)
        safe += c.unicode() < 0x20 || c.unicode() == 0x7f ? QChar(u' ') : c;
    return safe.toHtmlEscaped();
}

QString shortenedLabel(const QString &text)
{
    constexpr qsizetype most = 26;
    return text.size() <= most ? text : QString(text.left(most - 1) + QChar(u'…'));
}

QString modeClass(const CellId &id)
{
    return QStringLiteral("m-") + modeName(id).replace(QLatin1Char(' '), QLatin1Char('-'));
}

LogAxis::LogAxis(double least, double most, double from, double to) : m_lo(0), m_hi(0), m_from(from), m_to(to)
{
    const double lo = std::max(1.0, least);
    const double hi = std::max(lo * 1.01, most);
    const bool wide = std::log10(hi / lo) > 3;
    std::vector<double> all;
    for (int decade = static_cast<int>(std::floor(std::log10(lo))); decade <= std::ceil(std::log10(hi)); ++decade) {
        for (const double step : {1.0, 2.0, 5.0}) {
            if (step == 1.0 || !wide)
                all.push_back(step * std::pow(10, decade));
        }
    }
    const auto first = std::prev(std::upper_bound(all.begin() + 1, all.end(), lo));
    auto last = std::lower_bound(first, all.end(), hi);
    if (last == all.end())
        --last;
    m_ticks.assign(first, last + 1);
    m_lo = std::log10(m_ticks.front());
    m_hi = std::log10(std::max(m_ticks.back(), m_ticks.front() * 1.01));
}

double LogAxis::at(double value) const
{
    const double share = (std::log10(std::max(1.0, value)) - m_lo) / (m_hi - m_lo);
    return m_from + std::clamp(share, 0.0, 1.0) * (m_to - m_from);
}

void SvgCanvas::line(double x1, double y1, double x2, double y2, const QString &cssClass)
{
    m_body += QStringLiteral("<line x1=\"%1\" y1=\"%2\" x2=\"%3\" y2=\"%4\" class=\"%5\"/>")
                  .arg(pixel(x1), pixel(y1), pixel(x2), pixel(y2), cssClass);
}

void SvgCanvas::rect(double x, double y, double width, double height, const QString &cssClass, double opacity)
{
    m_body += QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\" class=\"%5\"%6/>")
                  .arg(pixel(x), pixel(y), pixel(std::max(0.0, width)), pixel(std::max(0.0, height)), cssClass,
                       opacity < 1 ? QStringLiteral(" fill-opacity=\"%1\"").arg(opacity, 0, 'f', 2) : QString());
}

void SvgCanvas::text(double x, double y, const QString &text, const QString &anchor, const QString &cssClass)
{
    m_body += QStringLiteral("<text x=\"%1\" y=\"%2\" text-anchor=\"%3\" class=\"%4\">%5</text>")
                  .arg(pixel(x), pixel(y), anchor, cssClass, escapedHtml(text));
}

void SvgCanvas::marker(double x, double y, const CellId &id, const QString &tip, const QString &more)
{
    const double r = markerSize;
    QString shape;
    switch (id.mode) {
    case ProbeMode::Local:
        shape = QStringLiteral("<circle cx=\"%1\" cy=\"%2\" r=\"%3\"").arg(pixel(x), pixel(y), pixel(r));
        break;
    case ProbeMode::Proxy:
        shape = QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%3\"")
                    .arg(pixel(x - r), pixel(y - r), pixel(2 * r));
        break;
    case ProbeMode::Cached:
    case ProbeMode::CachedMemory:
        shape = QStringLiteral("<path d=\"M%1 %2L%3 %4L%5 %4Z\"")
                    .arg(pixel(x), pixel(y - r - 1), pixel(x + r + 1), pixel(y + r), pixel(x - r - 1));
        break;
    case ProbeMode::CachedRedis:
        shape = QStringLiteral("<path d=\"M%1 %2L%3 %2L%4 %5Z\"")
                    .arg(pixel(x - r - 1), pixel(y - r), pixel(x + r + 1), pixel(x), pixel(y + r + 1));
        break;
    case ProbeMode::CachedUpstash:
        shape = QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\"")
                    .arg(pixel(x - r - 2), pixel(y - 2.5), pixel(2 * r + 4), pixel(5));
        break;
    case ProbeMode::Route:
        shape = QStringLiteral("<path d=\"M%1 %2L%3 %4L%1 %5L%6 %4Z\"")
                    .arg(pixel(x), pixel(y - r - 1), pixel(x + r + 1), pixel(y), pixel(y + r + 1), pixel(x - r - 1));
        break;
    case ProbeMode::Floor:
        shape = QStringLiteral("<rect x=\"%1\" y=\"%2\" width=\"3\" height=\"%3\"")
                    .arg(pixel(x - 1.5), pixel(y - r - 3), pixel(2 * r + 6));
        break;
    }
    const QString hollow = (id.cache == CachePath::Miss ? QStringLiteral(" hollow") : QString()) + more;
    m_body += shape +
              QStringLiteral(" class=\"fill %1%2\"><title>%3</title>").arg(modeClass(id), hollow, escapedHtml(tip)) +
              QLatin1String("</") + shape.mid(1, shape.indexOf(QLatin1Char(' ')) - 1) + QLatin1Char('>');
}

void SvgCanvas::polyline(const QString &points, const QString &cssClass)
{
    m_body += QStringLiteral("<polyline points=\"%1\" class=\"%2\"/>").arg(points, cssClass);
}

void SvgCanvas::polygon(const QString &points, const QString &cssClass)
{
    m_body += QStringLiteral("<polygon points=\"%1\" class=\"%2\"/>").arg(points, cssClass);
}

void SvgCanvas::horizontalTicks(const LogAxis &axis, double at, double length)
{
    for (const double tick : axis.ticks()) {
        line(axis.at(tick), at, axis.at(tick), at - length, QStringLiteral("grid"));
        text(axis.at(tick), at + 16, tickText(tick), QStringLiteral("middle"));
    }
}

void SvgCanvas::verticalTicks(const LogAxis &axis, double at, double length)
{
    for (const double tick : axis.ticks()) {
        line(at, axis.at(tick), at + length, axis.at(tick), QStringLiteral("grid"));
        text(at - 6, axis.at(tick) + 4, tickText(tick), QStringLiteral("end"));
    }
}

void SvgCanvas::legend(const std::vector<CellId> &ids, double x, double y)
{
    QStringList shown;
    for (const CellId &id : ids) {
        const QString name = modeName(id);
        if (shown.contains(name))
            continue;
        shown << name;
        x = legendEntry(id, name, x, y);
    }
}

double SvgCanvas::legendEntry(const CellId &id, const QString &name, double x, double y, const QString &line,
                              const QString &mark)
{
    this->line(x, y, x + 26, y, QStringLiteral("curve ") + modeClass(id) + line);
    marker(x + 13, y, id, name, mark);
    text(x + 32, y + 4, name);
    return x + 50 + legendStep * static_cast<double>(name.size());
}

QString SvgCanvas::element(const QString &sentence) const
{
    return QStringLiteral("<svg viewBox=\"0 0 %1 %2\" role=\"img\" aria-label=\"%3\">%4</svg>")
        .arg(pixel(m_width), pixel(m_height), escapedHtml(sentence), m_body);
}

} // namespace rollcall::probe
