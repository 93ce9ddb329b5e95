#pragma once

#include <QAbstractButton>

#include "core/findings/Finding.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::overview {

/// One finding in the list: its weight as icon, word and bar, its title and evidence, and the button that copies its
/// statement or plans what Rollcall can do about it. Rows exclude each other; arrows move between them.
/// **Thread-safety:** GUI thread only.
class FindingRow final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the row.
    FindingRow(const common::Theme &theme, findings::Finding finding, QWidget *parent = nullptr);

    [[nodiscard]] const findings::Finding &finding() const { return m_finding; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The statement stands on the clipboard.
    void copied();
    /// Rollcall can do what the finding asks for: plan it.
    void planRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    /// Its height hangs on its width.
    void resizeEvent(QResizeEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    /// Coming by Tab or arrows selects.
    void focusInEvent(QFocusEvent *event) override;

private:
    void copy();

    const common::Theme &m_theme;
    findings::Finding m_finding;
    common::Label *m_glyph;
    common::Button *m_copy = nullptr; ///< null: there is no statement
};

} // namespace rollcall::overview
