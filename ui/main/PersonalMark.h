#pragma once

#include <QPointer>
#include <QTimer>
#include <QWidget>

#include "ui/common/PersonalData.h"

class QAction;

namespace rollcall::common {
class Button;
class Theme;
} // namespace rollcall::common

namespace rollcall::main {

/// Stands in the band for as long as the names and e-mails of a connection that masks them show, counts that time down
/// and ends it at a click; and has the action that begins it. **Thread-safety:** GUI thread only.
class PersonalMark final : public QWidget
{
    Q_OBJECT

public:
    /// Of no connection. @p theme outlives the mark.
    explicit PersonalMark(const common::Theme &theme, QWidget *parent = nullptr);

    /// Follows @p personal, borrowed until it ends; null: no connection is open. @p unavailable: why they cannot be
    /// shown; empty: they can.
    void setData(common::PersonalData *personal, const QString &unavailable = {});
    /// What it follows, or null.
    [[nodiscard]] common::PersonalData *personal() const { return m_data; }
    /// Shows names and e-mails, or masks them again; says why it cannot be had. Of this mark.
    [[nodiscard]] QAction *action() const { return m_action; }

private:
    void refresh();
    void toggle();

    common::Button *m_button;
    QAction *m_action;
    QPointer<common::PersonalData> m_data;
    QString m_unavailable;
    QTimer m_tick; ///< while they show
};

} // namespace rollcall::main
