#pragma once

#include <QFrame>

#include "core/probe/LatencyRun.h"
#include "ui/common/States.h"
#include "ui/common/Theme.h"

class QHBoxLayout;
class QProgressBar;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::latency {

/// The line that tells how a run stands: state, samples done of all, time, blocks, guards. **Thread-safety:** GUI
/// thread only.
class RunBar final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the bar.
    explicit RunBar(const common::Theme &theme, QWidget *parent = nullptr);

    void showStarting();
    void showProgress(const probe::RunProgress &progress, bool guarded);
    void showFinished(const probe::RunDocument &document, qint64 samples);

Q_SIGNALS:
    /// Somebody wants to know everything of the run.
    void recordWanted();
    /// Somebody wants the run to stand still, or to go on.
    void pauseToggled();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    common::Label *addPart(QHBoxLayout &row);

    const common::Theme &m_theme;
    common::StateLabel *m_state;
    QProgressBar *m_progress;
    QList<common::Label *> m_parts; ///< those below, with a line between
    common::Label *m_samples = nullptr;
    common::Label *m_time = nullptr;
    common::Label *m_blocks = nullptr;
    common::Label *m_guard = nullptr;
    common::Label *m_canary = nullptr;
    common::Button *m_pause;
    common::Button *m_record;
};

} // namespace rollcall::latency
