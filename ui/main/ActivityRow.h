#pragma once

#include <QWidget>

#include "core/revoke/Operations.h"
#include "ui/common/Activity.h"
#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QHBoxLayout;
class QProgressBar;

namespace rollcall::common {
class Button;
class Label;
class ReturnWatch;
} // namespace rollcall::common

namespace rollcall::main {

/// One act in the activity drawer: what it is, how far it came, and what can be done about it. **Thread-safety:** GUI
/// thread only.
class ActivityRow final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int rowHeight = 44;

    /// Follows @p activity while both live. @p theme outlives the row, as in the other constructor.
    ActivityRow(const common::Theme &theme, common::Activity &activity, QWidget *parent = nullptr);
    /// An operation that has not ended and is not run here.
    ActivityRow(const common::Theme &theme, const revoke::Operation &operation, QWidget *parent = nullptr);
    /// Follows @p watch while both live.
    ActivityRow(const common::Theme &theme, common::ReturnWatch &watch, QWidget *parent = nullptr);

Q_SIGNALS:
    void pauseRequested();
    void stopRequested();
    /// Go on with the operation.
    void resumeRequested();
    /// Show the report that the act ended with.
    void resultRequested();
    /// Revoke again what came back.
    void revokeAgainRequested();
    /// Show what the audit log says of it.
    void auditRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    explicit ActivityRow(const common::Theme &theme, QWidget *parent);
    common::Button *addButton(const QString &text, const char *objectName);
    void setGlyph(common::Icon icon, common::ColorToken tint);
    void setWords(const QString &words);
    void elide();
    void display(const common::Activity &activity);
    void displayLeft(const common::ReturnWatch &watch);

    const common::Theme &m_theme;
    QHBoxLayout *m_row;
    common::Label *m_glyph;
    common::Label *m_title;
    common::Label *m_words;
    QString m_wordsText;
    QProgressBar *m_bar;
    common::Label *m_pace;
    common::Button *m_pause = nullptr;
    common::Button *m_stop = nullptr;
};

} // namespace rollcall::main
