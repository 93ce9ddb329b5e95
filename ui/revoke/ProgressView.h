#pragma once

#include <QWidget>

#include "core/revoke/Revoker.h"
#include "ui/common/Theme.h"

class QProgressBar;

namespace rollcall::common {
class Label;
}

namespace rollcall::revoke {

/// How far an act has come: its step in words and a bar of rows. **Thread-safety:** GUI thread only.
class ProgressView final : public QWidget
{
    Q_OBJECT

public:
    /// @p rows: how many the act is about. @p name: of the bar, for screen readers. @p theme outlives the view.
    ProgressView(const common::Theme &theme, qint64 rows, const QString &name, QWidget *parent = nullptr);

    void display(const RevocationProgress &progress);

private:
    common::Label *m_step;
    QProgressBar *m_bar;
};

} // namespace rollcall::revoke
