#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/common/ReturnWatches.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::main {

/// Says above every page of a connection that revoked sessions are back, and offers to revoke them again. Screen
/// readers find it by name and are sent an alert, which Qt 6.4 does not pass on to AT-SPI; hidden while there is
/// nothing to say. **Thread-safety:** GUI thread only.
class AlarmBar final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the bar.
    explicit AlarmBar(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows what @p watches (borrowed) raise until they go or others are given; null: none.
    void setWatches(common::ReturnWatches *watches);
    /// While false the bar stays hidden: the connection it is about is not in sight.
    void setInSight(bool inSight);

Q_SIGNALS:
    /// These are to be revoked again.
    void revokeRequested(const std::vector<rollcall::revoke::Resurrection> &sessions);
    /// Somebody wants to see the watches.
    void activityRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void display();
    void announce();

    const common::Theme &m_theme;
    QPointer<common::ReturnWatches> m_watches;
    common::Label *m_glyph;
    common::Label *m_title;
    common::Label *m_words;
    common::Button *m_revoke;
    bool m_inSight = false;
};

} // namespace rollcall::main
