#pragma once

#include <QTimer>

#include <chrono>

#include "ui/common/Button.h"
#include "ui/common/OpenConnection.h"

class QActionGroup;
class QMenu;

namespace rollcall::main {

using common::WriteMode;

/// Shows the write mode, Armed with the time that is left of it, and lets a person change it. **Thread-safety:** GUI
/// thread only.
class WriteModeButton final : public QWidget
{
    Q_OBJECT

public:
    /// Read-only. @p theme outlives the button.
    explicit WriteModeButton(const common::Theme &theme, QWidget *parent = nullptr);

    /// @p left: how long it stays armed, counted down from now, the time in which the machine is suspended included;
    /// without meaning in other modes. That it ends then is up to who armed it.
    void setMode(WriteMode mode, std::chrono::milliseconds left = {});
    [[nodiscard]] WriteMode mode() const { return m_mode; }
    /// A person asks for @p mode by a shortcut: as by the menu, nothing where it cannot be had.
    void request(WriteMode mode);
    /// Why nothing can be written (no key store); shown in the menu. Empty: it can.
    void setGuardedUnavailable(const QString &reason);

Q_SIGNALS:
    /// A person asked for @p mode; nothing changes until setMode().
    void modeRequested(rollcall::common::WriteMode mode);

private:
    [[nodiscard]] QAction *actionOf(WriteMode mode) const;
    void showTimeLeft();

    common::Button *m_button;
    QMenu *m_menu;
    QActionGroup *m_group;
    QAction *m_readOnly;
    QAction *m_guarded;
    QAction *m_armed;
    WriteMode m_mode = WriteMode::ReadOnly;
    std::chrono::nanoseconds m_until{0}; ///< when Armed ends, since the machine started
    QTimer m_tick;                       ///< while armed
};

} // namespace rollcall::main
