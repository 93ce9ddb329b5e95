#pragma once

#include <QAbstractButton>

#include "ui/common/Theme.h"

namespace rollcall::main {

/// "Activity: 1 running, 43 %" at the end of the status line; opens and closes the activity drawer. Checked while the
/// drawer is open. **Thread-safety:** GUI thread only.
class ActivityButton final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the button.
    explicit ActivityButton(const common::Theme &theme, QWidget *parent = nullptr);

    /// What stands behind "Activity:"; @p busy: something runs or waits for a decision.
    void setSummary(const QString &words, bool busy);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    bool m_busy = false;
};

} // namespace rollcall::main
