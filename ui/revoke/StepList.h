#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

class QVBoxLayout;

namespace rollcall::revoke {

/// Numbered steps in the order in which they will run, joined by a line. **Thread-safety:** GUI thread only.
class StepList final : public QWidget
{
    Q_OBJECT

public:
    explicit StepList(const common::Theme &theme, QWidget *parent = nullptr);

    /// Adds a step: @p what in text colour, @p remark muted behind it, @p code in a box below where not empty.
    void addStep(const QString &what, const QString &remark = {}, const QString &code = {});

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    QVBoxLayout *m_layout;
    QList<QWidget *> m_steps;
};

} // namespace rollcall::revoke
