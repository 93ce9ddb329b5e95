#pragma once

#include <QWidget>

#include "ui/common/Theme.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::sessions {

/// The bar at the foot of the list while sessions are selected: how many, of how many users, and what can be done with
/// them. **Thread-safety:** GUI thread only.
class SelectionBar final : public QWidget
{
    Q_OBJECT

public:
    /// Hidden. @p theme outlives the bar.
    explicit SelectionBar(const common::Theme &theme, QWidget *parent = nullptr);

    /// Says that so many sessions of so many users are selected; hides the bar where none is.
    void display(qint64 sessions, qint64 users);

Q_SIGNALS:
    void copyRequested();
    void clearRequested();
    void revokeRequested();

private:
    common::Label *m_text;
    common::Button *m_revoke;
};

} // namespace rollcall::sessions
