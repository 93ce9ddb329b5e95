#pragma once

#include "ui/common/Button.h"
#include "ui/common/OpenConnection.h"

class QActionGroup;
class QMenu;

namespace rollcall::main {

using common::WriteMode;

/// Shows the write mode and lets a person change it. **Thread-safety:** GUI thread only.
class WriteModeButton final : public QWidget
{
    Q_OBJECT

public:
    /// Read-only. @p theme outlives the button.
    explicit WriteModeButton(const common::Theme &theme, QWidget *parent = nullptr);

    void setMode(WriteMode mode);
    [[nodiscard]] WriteMode mode() const { return m_mode; }
    /// Why Guarded cannot be had (no key store, JWT sessions); shown in the menu. Empty: it can.
    void setGuardedUnavailable(const QString &reason);

Q_SIGNALS:
    /// A person asked for @p mode; nothing changes until setMode().
    void modeRequested(rollcall::common::WriteMode mode);

private:
    common::Button *m_button;
    QMenu *m_menu;
    QActionGroup *m_group;
    QAction *m_readOnly;
    QAction *m_guarded;
    WriteMode m_mode = WriteMode::ReadOnly;
};

} // namespace rollcall::main
