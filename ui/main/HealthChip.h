#pragma once

#include <QAbstractButton>

#include "ui/common/States.h"
#include "ui/common/Theme.h"

namespace rollcall::main {

/// One part of the connection in the header band: its state's icon, its word and a muted value. **Thread-safety:** GUI
/// thread only.
class HealthChip final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the chip.
    HealthChip(const common::Theme &theme, const QString &word, QWidget *parent = nullptr);

    /// @p value may be empty.
    void setHealth(common::State state, const QString &value);
    /// Hides the value.
    void setNarrow(bool narrow);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    [[nodiscard]] bool showsValue() const { return !m_narrow && !m_value.isEmpty(); }

    const common::Theme &m_theme;
    common::State m_state = common::State::NotReached;
    QString m_value;
    bool m_narrow = false;
};

} // namespace rollcall::main
