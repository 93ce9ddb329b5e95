#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

#include "ui/common/Theme.h"

namespace rollcall::common {

class Button;
class Label;

/// Tells of something that takes time, without flicker: nothing for 150 ms, then skeletonDue(); a line with Cancel
/// after 1 s; the elapsed seconds after 3 s. **Thread-safety:** GUI thread only.
class LoadingState final : public QWidget
{
    Q_OBJECT

public:
    /// Hidden. @p theme outlives the widget.
    explicit LoadingState(const Theme &theme, QWidget *parent = nullptr);

    /// Begins with @p text ("Reading the first page"). Calling it again begins anew.
    void start(const QString &text);
    /// Ends and hides.
    void stop();
    [[nodiscard]] bool isRunning() const { return m_timer.isActive(); }

Q_SIGNALS:
    /// 150 ms have passed: placeholders may be shown now.
    void skeletonDue();
    /// Cancel was pressed. Esc is the page's.
    void cancelRequested();

private:
    void tick();

    const Theme &m_theme;
    QString m_text;
    QElapsedTimer m_elapsed;
    QTimer m_timer;
    bool m_skeletonShown = false;
    Label *m_glyph;
    Label *m_words;
    Button *m_cancel;
};

} // namespace rollcall::common
