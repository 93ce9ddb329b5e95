#pragma once

#include <QString>
#include <QStringList>

#include <vector>

#include "core/probe/Cell.h"

namespace rollcall::probe {

/// One chart of a report: a picture and the same as a table.
struct ReportChart
{
    QString id; ///< for links within the page
    QString title;
    QString sentence; ///< what the picture shows, for those who do not see it
    QString svg;      ///< an <svg> element that fetches nothing
    QStringList head; ///< of the table
    std::vector<QStringList> rows;
};

/// @p text for element content and quoted attributes, control characters replaced.
[[nodiscard]] QString escapedHtml(const QString &text);

/// @p text as it fits beside a chart: at most 26 characters.
[[nodiscard]] QString shortenedLabel(const QString &text);

/// The class that gives a cell its colour, dash and marker: "m-local", "m-cached-miss".
[[nodiscard]] QString modeClass(const CellId &id);

/// A logarithmic axis of nanoseconds between two pixel positions, rounded outward to 1, 2 or 5 of a decade.
/// **Thread-safety:** a value.
class LogAxis final
{
public:
    /// Covers @p least … @p most (≥ 1 both; what is less counts as 1) from pixel @p from to pixel @p to.
    LogAxis(double least, double most, double from, double to);

    [[nodiscard]] double at(double value) const;
    /// Values of the labelled ticks: 1, 2 and 5 of each decade, of wide ranges 1 alone.
    [[nodiscard]] const std::vector<double> &ticks() const { return m_ticks; }

private:
    double m_lo;
    double m_hi;
    double m_from;
    double m_to;
    std::vector<double> m_ticks;
};

/// SVG elements, one call each, gathered into an <svg> of a fixed view box that scales with the page.
/// **Thread-safety:** one thread at a time.
class SvgCanvas final
{
public:
    SvgCanvas(double width, double height) : m_width(width), m_height(height) {}

    void line(double x1, double y1, double x2, double y2, const QString &cssClass);
    void rect(double x, double y, double width, double height, const QString &cssClass, double opacity = 1);
    /// @p anchor: "start", "middle" or "end".
    void text(double x, double y, const QString &text, const QString &anchor = QStringLiteral("start"),
              const QString &cssClass = QStringLiteral("label"));
    /// A marker whose shape depends on the mode, so that colour alone never tells. @p more: further classes.
    void marker(double x, double y, const CellId &id, const QString &tip, const QString &more = {});
    /// An open line through "x,y x,y …".
    void polyline(const QString &points, const QString &cssClass);
    void polygon(const QString &points, const QString &cssClass);
    /// Labelled ticks and grid lines of @p axis, horizontally at height @p at or vertically at @p at, as long as
    /// @p length.
    void horizontalTicks(const LogAxis &axis, double at, double length);
    void verticalTicks(const LogAxis &axis, double at, double length);
    /// A row of names with their markers at height @p y.
    void legend(const std::vector<CellId> &ids, double x, double y);
    /// One of them, called @p name, its line of further classes @p line and its marker of @p mark; returns where the
    /// next begins.
    double legendEntry(const CellId &id, const QString &name, double x, double y, const QString &line = {},
                       const QString &mark = {});

    /// The element, labelled with @p sentence for screen readers.
    [[nodiscard]] QString element(const QString &sentence) const;

private:
    double m_width;
    double m_height;
    QString m_body;
};

/// A coordinate with one decimal.
[[nodiscard]] QString pixel(double position);

} // namespace rollcall::probe
