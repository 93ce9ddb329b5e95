#pragma once

#include <QPointer>

#include <functional>

#include "core/async/Mailbox.h"
#include "core/async/Worker.h"
#include "core/revoke/OperationJournal.h"
#include "ui/common/Activity.h"
#include "ui/common/Button.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Sheet.h"
#include "ui/revoke/ConsentFields.h"

class QProgressBar;

namespace rollcall::common {
class Label;
}

namespace rollcall::revoke {

/// What the sheets of all acts share: consent that wants a writable connection and the asked fields filled, progress
/// that can be paused, stopped and left alone, an outcome that leads to the audit log. **Thread-safety:** GUI thread
/// only; never blocks.
class ActSheet : public common::Sheet
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the sheet.
    ActSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection);

Q_SIGNALS:
    /// The outcome is shown; @p auditId names the operation.
    void finished(const QString &auditId);
    /// The user wants to see the operation in the audit log.
    void auditRequested();

protected:
    /// The button that carries the act out.
    struct Execute
    {
        QString text;
        const char *objectName;
        common::ButtonKind kind;
        std::function<void()> act; ///< called while nothing is in the way
    };

    /// Why the act may not begin yet, beyond the write mode; empty where it may.
    [[nodiscard]] virtual QString missing() const = 0;

    [[nodiscard]] const common::Theme &theme() const { return m_theme; }
    [[nodiscard]] common::OpenConnection &connection() { return m_connection; }
    [[nodiscard]] const common::OpenConnection &connection() const { return m_connection; }

    /// Adds a large button to the right of the foot.
    common::Button *addButton(const QString &text);
    /// The same of one that closes the sheet, as Esc does.
    common::Button *addLeave(const QString &text);
    /// A body of one column with the sheet's padding, for setBody(): the column's parent.
    [[nodiscard]] static QVBoxLayout *paddedColumn();
    /// A bar for what takes its time nobody knows how long; @p name says what that is.
    [[nodiscard]] static QProgressBar *busyBar(const QString &name);
    /// A foot that asks for consent: what is in the way, @p leave, @p others, and @p execute. Returns the button that
    /// leaves.
    common::Button *askConsent(const QString &leave, Execute execute, const QList<common::Button *> &others = {});
    /// Names the button of the act anew; nothing while none is asked for.
    void setExecuteText(const QString &text);
    /// Looks anew whether something is in the way of the act; nothing while none is asked for.
    void updateConsent();
    /// Shows how far @p activity came until endAct(); @p name: of the bar. It can be paused and stopped; closing the
    /// sheet leaves it to the list of activities.
    void showProgress(common::Activity &activity, const QString &name);
    /// The act has ended: the sheet can be dismissed again, and its foot is empty.
    void endAct();
    /// A foot that leads to the audit log or, by the button @p objectName, out.
    void showWaysOut(const char *objectName, const QList<common::Button *> &others = {});
    /// Says in @p column why the act did not get through: that it is paused, which is @p resumable, or @p error.
    void addTrouble(QVBoxLayout &column, const base::Error &error, bool resumable);
    /// A button that asks, as any act of the sheet is asked for, whether the unfinished operation of @p head is to end
    /// where it stands, and calls @p end where it is. It is held to what is demanded by the connection that it was
    /// begun with, too.
    [[nodiscard]] common::Button *endButton(const OperationHead &head, const std::function<void()> &end);
    /// A body with one note that says what went wrong, and a foot with @p again, where it can be tried again, and
    /// Close.
    void showError(const base::Error &error, const std::function<void()> &again);

    /// Gives the keyboard to what is to be done next, once shown: @p field, or the button of the act where nothing is
    /// in its way (armed, with a reason that stands).
    void focusConsent(QWidget *field);
    /// Gives @p widget the keyboard once the sheet's layout has shown it.
    static void focusSoon(QWidget *widget);

private:
    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    void askToEnd(const OperationHead &head, const std::function<void()> &end);
    void askToEnd(const OperationHead &head, const std::function<void()> &end,
                  const workspace::ConnectionProfile &demands);

    QPointer<ConsentFields> m_ending;    ///< what is asked for before an operation is ended
    common::Button *m_execute = nullptr; ///< null: no act is asked for
    common::Label *m_obstacle = nullptr;
    QPointer<common::Button> m_asking; ///< pressed to end an operation, while what that wants is read; else null
    async::Mailbox m_mailbox;
    async::Worker m_reader{"rc-demands", 4}; ///< last: it is joined first. It waits for no database
};

} // namespace rollcall::revoke
