#pragma once

#include <QHash>
#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QGridLayout;

namespace rollcall::common {
class Label;
}

namespace rollcall::connect {

class LegFinding;

/// One row of the connection card: what it is about, its fields, and what was found. Rows share their column widths
/// (setColumns). **Thread-safety:** GUI thread only.
class LegRow final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the row. @p first leaves the line above out.
    LegRow(const common::Theme &theme, common::Icon icon, const QString &title, const QString &aside, bool first,
           QWidget *parent = nullptr);

    /// Adds @p field, taken over, with its @p name before it; the name answers Alt+key where it has one.
    void addField(const QString &name, QWidget *field);
    /// Shows or hides @p field, one of this row's, with its name.
    void setFieldVisible(QWidget *field, bool visible);
    [[nodiscard]] LegFinding &finding() { return *m_finding; }
    /// Widths of the title and of the fields in pixels; the finding takes the rest.
    void setColumns(int title, int fields);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void drawGlyph();

    const common::Theme &m_theme;
    common::Icon m_icon;
    bool m_first;
    common::Label *m_glyph;
    QWidget *m_titleBox;
    QWidget *m_fieldBox;
    QGridLayout *m_fields;
    QHash<QWidget *, QWidget *> m_names; ///< of the fields
    LegFinding *m_finding;
};

} // namespace rollcall::connect
