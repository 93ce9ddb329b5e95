#pragma once

#include <QFrame>

#include "core/base/Error.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

class Button;
class CodeBlock;
class Label;

/// An error as *what · why · what to do*, with its details folded and safe to copy: an Error cannot hold a secret.
/// Hidden until showError(). **Thread-safety:** GUI thread only.
class ErrorBanner final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the banner.
    explicit ErrorBanner(const Theme &theme, QWidget *parent = nullptr);

    /// Shows @p error. @p what, where given, is the bold line ("The sessions could not be read"); else the error's own
    /// message is. @p aside is a muted remark beside the retry button ("The rows below are from 13:42:06.").
    void showError(const base::Error &error, const QString &what = {}, const QString &aside = {});
    /// Shows a button with @p text that emits retryRequested(); empty removes it.
    void setRetry(const QString &text);
    /// Hides the banner.
    void clear();

Q_SIGNALS:
    void retryRequested();

private:
    void toggleDetails();

    const Theme &m_theme;
    Label *m_glyph;
    Label *m_title;
    Label *m_body;
    Label *m_aside;
    Button *m_retry;
    Button *m_fold;
    Button *m_copy;
    CodeBlock *m_details;
};

} // namespace rollcall::common
