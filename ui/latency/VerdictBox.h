#pragma once

#include <QFrame>

#include "core/probe/RunDocument.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Label;
}

namespace rollcall::latency {

/// The sentence of a run. Its height is constant, so that nothing jumps when a run ends. **Thread-safety:** GUI thread
/// only.
class VerdictBox final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the box.
    explicit VerdictBox(const common::Theme &theme, QWidget *parent = nullptr);

    /// Says what @p document (null: nothing yet) tells of @p route; @p running: the run goes on.
    void show(const probe::RunDocument *document, const QString &route, bool running);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    common::ColorToken m_tint = common::ColorToken::Accent;
    common::Label *m_headline;
    common::Label *m_remark;
};

} // namespace rollcall::latency
