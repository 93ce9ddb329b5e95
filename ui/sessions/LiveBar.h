#pragma once

#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"
#include "ui/sessions/SessionFollower.h"

class QTimer;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::sessions {

/// A line that says how the live listing stands: what is followed, how many new sessions there are, or when a lost
/// connection is tried again. Hidden while the follower is off. **Thread-safety:** GUI thread only.
class LiveBar final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme and @p follower are borrowed and outlive the bar.
    LiveBar(const common::Theme &theme, SessionFollower &follower, QWidget *parent = nullptr);

    /// Offers @p count new sessions to be shown; 0 takes the offer back. @p certain false: some may have been extended
    /// only.
    void setNew(int count, bool certain);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void showNewRequested();

private:
    void refresh();
    void say(common::Icon icon, common::ColorToken tint, const QString &text);
    [[nodiscard]] QString scopeText() const;

    const common::Theme &m_theme;
    SessionFollower &m_follower;
    common::Icon m_icon = common::Icon::Live;
    common::ColorToken m_tint = common::ColorToken::Muted;
    common::Label *m_glyph;
    common::Label *m_text;
    common::Button *m_showNew;
    common::Button *m_retry;
    QTimer *m_countdown;
};

} // namespace rollcall::sessions
