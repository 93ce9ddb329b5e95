#pragma once

#include "ui/common/Sheet.h"
#include "ui/latency/RevocationTiming.h"

class QDoubleSpinBox;
class QSlider;
class QSpinBox;

namespace rollcall::common {
class Button;
}

namespace rollcall::charts {
class ChartCard;
class RevocationChart;
class TradeoffChart;
} // namespace rollcall::charts

namespace rollcall::latency {

/// What a cache would save and cost, as a model and as measured on canary sessions: the time to live on a slider, how
/// often a session is asked for, how many instances have a memory of their own. **Thread-safety:** GUI thread only.
class TradeoffSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// All are borrowed; @p timing outlives the sheet and goes on when it closes. @p jwt: the deployment's sessions are
    /// tokens, for which no cache decides.
    TradeoffSheet(const common::Theme &theme, QWidget &origin, RevocationTiming &timing, bool jwt);

Q_SIGNALS:
    /// The chart is to be saved.
    void pictureReady(const QByteArray &content, const QString &fileName);

private:
    void showModel();
    void showMeasured(const QString &remark);
    void updateMeasure();

    RevocationTiming &m_timing;
    QSlider *m_ttl;
    QDoubleSpinBox *m_rate;
    QSpinBox *m_instances;
    common::Label *m_ttlText;
    common::Label *m_sentence;
    common::Label *m_remark;
    charts::TradeoffChart *m_chart;
    charts::RevocationChart *m_curve;
    charts::ChartCard *m_card;
    common::Label *m_measured;
    common::Button *m_measure;
};

} // namespace rollcall::latency
