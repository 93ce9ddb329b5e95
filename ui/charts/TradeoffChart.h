#pragma once

#include "core/probe/Revocations.h"
#include "core/probe/TradeoffModel.h"
#include "ui/charts/PaintedChart.h"

namespace rollcall::charts {

/// What a cache of sessions is asked for and keeps.
struct CacheUse
{
    double rate = 1.0 / 60; ///< requests of a session a second, over all instances
    double ttl = 60;        ///< s
    int instances = 1;      ///< with a memory each
};

/// What was measured of one way of asking.
struct MeasuredWindow
{
    probe::CellId id;
    double seconds = 0;       ///< in which 95 % of revocations were refused for good
    double saved = 0;         ///< share of database calls, 0 … 1
    double medianSeconds = 0; ///< in which half of them were
    /// How far both lie from the model of a cache that is asked as often; nullopt where no cache of ours was asked, or
    /// too rarely (`isCoarse`).
    std::optional<probe::ModelDeparture> medianOff, off;
    bool isCoarse = false; ///< asked more rarely than probe::Revocations::rarestIntervalMs()
};

/// "+6 % (95 % CI −21 % to +31 %)": how far that is from the model, for people.
[[nodiscard]] QString departureText(const probe::ModelDeparture &departure);

/// What a cache of sessions saves against how long a revoked session lives on in it: a line for each rate of requests,
/// along it the time to live, a dot where it is now;
/// rings where it was measured, with a line over the 95 % interval, an arrow where that is not bounded, and a small
/// square where the model is of a cache that is asked as it was then. ← → change the time to live. **Thread-safety:**
/// GUI thread only.
class TradeoffChart final : public PaintedChart
{
    Q_OBJECT

public:
    /// @p theme outlives the chart.
    explicit TradeoffChart(const common::Theme &theme, QWidget *parent = nullptr);

    /// The times to live that the slider knows, seconds, ascending.
    [[nodiscard]] static const std::vector<double> &ttls();
    /// Shows the model of @p use; its rate is the line that stands out.
    void show(const CacheUse &use);
    /// @p asked: how the caches were asked while that was measured.
    void setMeasured(std::vector<MeasuredWindow> measured, const CacheUse &asked);
    [[nodiscard]] const std::vector<MeasuredWindow> &measured() const { return m_measured; }

    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    /// Its parts: what the model says, and what was measured, with how far that is from the model; empty where nothing.
    [[nodiscard]] QString modelSentence() const;
    [[nodiscard]] QString measuredSentence() const;

Q_SIGNALS:
    /// The user moved to another time to live, an index of ttls().
    void ttlChosen(int index);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    [[nodiscard]] int stops() const override { return static_cast<int>(ttls().size()); }
    [[nodiscard]] double shareOf(int stop) const override;
    void paintAxes(QPainter &painter) const override;
    void paintMarks(QPainter &painter) const override;
    void paintReadOut(QPainter &painter) const override;
    [[nodiscard]] QString nothing() const override { return {}; }
    [[nodiscard]] bool hasCursorLine() const override { return false; }

private:
    [[nodiscard]] QPointF at(double rate, double ttl) const;
    void paintMeasured(QPainter &painter, const MeasuredWindow &each) const;
    void appendMeasured(ChartTable &table) const;
    [[nodiscard]] probe::TradeoffModel model(double rate, double ttl) const;

    CacheUse m_use;
    std::vector<MeasuredWindow> m_measured;
    CacheUse m_asked; ///< when that was measured
};

/// "4.2 min", "30 s": a time of seconds for people.
[[nodiscard]] QString secondsText(double seconds);
/// "1 a minute", "5 a second": a rate of requests for people.
[[nodiscard]] QString rateText(double perSecond);

} // namespace rollcall::charts
