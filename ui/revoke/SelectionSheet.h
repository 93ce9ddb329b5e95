#pragma once

#include "ui/common/OpenConnection.h"
#include "ui/common/SelectionRequest.h"
#include "ui/common/Sheet.h"
#include "ui/revoke/RevocationController.h"

class QCheckBox;
class QRadioButton;
class QSpinBox;
class QTimer;

namespace rollcall::common {
class Button;
class FigureStrip;
class Figure;
class Label;
class Note;
} // namespace rollcall::common

namespace rollcall::revoke {

class UserListEdit;

/// Where sessions are chosen by a rule: those of users in a list, those that match a page's filter, everybody's; each
/// with the newest of every user spared, where that is wanted. Says how many match before anything else, and leads to
/// the plan; writes nothing. **Thread-safety:** GUI thread only; never blocks.
class SelectionSheet final : public common::Sheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host. @p theme and @p connection are borrowed and outlive it.
    SelectionSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                   const common::SelectionRequest &request);

Q_SIGNALS:
    /// The plan of @p selection is wanted; the sheet is closing.
    void planRequested(const rollcall::revoke::Selection &selection);

private:
    [[nodiscard]] QWidget *makeScopes();
    [[nodiscard]] QWidget *makeKeep();
    [[nodiscard]] QWidget *makePreview();
    void makeFoot();
    [[nodiscard]] Selection selection() const;
    /// Why there is nothing to count yet; empty where there is.
    [[nodiscard]] QString missing() const;
    void onChanged();
    void count();
    void showCount();
    void showError(const base::Error &error);
    void setPlannable(const QString &why);

    const common::Theme &m_theme;
    common::SelectionRequest m_request;
    RevocationController m_controller; ///< freezes what is counted
    QRadioButton *m_byList = nullptr;
    QRadioButton *m_byFilter = nullptr; ///< null where the page has no filter
    QRadioButton *m_everybody = nullptr;
    UserListEdit *m_list = nullptr;
    QCheckBox *m_keep = nullptr;
    QSpinBox *m_kept = nullptr;
    common::Figure *m_sessions = nullptr;
    common::Figure *m_users = nullptr;
    common::Figure *m_unmatched = nullptr;
    common::Note *m_note = nullptr;
    common::Label *m_why = nullptr;
    common::Button *m_plan = nullptr;
    QTimer *m_debounce = nullptr;
};

} // namespace rollcall::revoke
