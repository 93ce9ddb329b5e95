#pragma once

#include <QWidget>

#include "ui/common/Activity.h"
#include "ui/common/Theme.h"

class QProgressBar;

namespace rollcall::common {
class Label;
}

namespace rollcall::revoke {

/// How far an act has come: its step in words, a bar of rows, its pace and what is left. **Thread-safety:** GUI thread
/// only.
class ProgressView final : public QWidget
{
    Q_OBJECT

public:
    /// Follows @p activity. @p name: of the bar, for screen readers. @p theme outlives the view.
    ProgressView(const common::Theme &theme, const common::Activity &activity, const QString &name,
                 QWidget *parent = nullptr);

private:
    void display(const common::Activity &activity);

    common::Label *m_step;
    QProgressBar *m_bar;
    common::Label *m_pace;
};

} // namespace rollcall::revoke
