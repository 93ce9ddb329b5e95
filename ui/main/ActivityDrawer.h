#pragma once

#include <QPointer>
#include <QWidget>

#include "core/revoke/ResurrectionWatch.h"
#include "ui/common/Activities.h"
#include "ui/common/Theme.h"

class QScrollArea;
class QVBoxLayout;

namespace rollcall::common {
class Button;
class Label;
class ReturnWatch;
} // namespace rollcall::common

namespace rollcall::main {

/// What runs, rests and has ended of a connection's acts, below the page: progress, pace, pause and stop, the way back
/// into what was left unfinished, and the watches over what was revoked. **Thread-safety:** GUI thread only; never
/// blocks.
class ActivityDrawer final : public QWidget
{
    Q_OBJECT

public:
    /// Empty and hidden. @p theme outlives the drawer.
    explicit ActivityDrawer(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p activities (borrowed) until it goes or others are given; null: none.
    void setActivities(common::Activities *activities);
    /// "1 running, 43 %", "2 paused", "nothing running".
    [[nodiscard]] QString summary() const;
    /// summary() where there is nothing to say.
    [[nodiscard]] static QString idleText();
    /// As high as its rows, up to a limit; then they scroll.
    [[nodiscard]] QSize sizeHint() const override;
    /// Gives the keyboard to the first button.
    void focusFirst();

Q_SIGNALS:
    /// summary() or the height it wants may differ.
    void changed();
    void closeRequested();
    void resumeRequested(const rollcall::revoke::Operation &operation);
    /// Somebody wants to see how @p activity ended; it has a report.
    void resultRequested(const rollcall::common::Activity &activity);
    void auditRequested();
    /// These came back and are to be revoked again.
    void revokeAgainRequested(const std::vector<rollcall::revoke::Resurrection> &sessions);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void display();
    /// What the rows show, so that they are made anew only where it differs.
    [[nodiscard]] QStringList rowKeys() const;
    void makeRows();
    void addUnfinished(common::Activities &activities, const revoke::Operation &operation);
    void addAct(common::Activities &activities, common::Activity &activity);
    void addWatch(common::ReturnWatch &watch);
    void showError(const base::Error &error);

    const common::Theme &m_theme;
    QPointer<common::Activities> m_activities;
    common::Label *m_summary;
    common::Label *m_problem;
    common::Button *m_close;
    QScrollArea *m_scroll;
    QVBoxLayout *m_rows;
    common::Label *m_empty;
    QStringList m_keys;
    int m_shown = 0; ///< rows
};

} // namespace rollcall::main
