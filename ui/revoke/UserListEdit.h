#pragma once

#include <QWidget>

#include "core/async/Mailbox.h"
#include "core/revoke/UserList.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Theme.h"

class QPlainTextEdit;

namespace rollcall::common {
class Label;
}

namespace rollcall::revoke {

/// Where a list of users is pasted, dropped or opened, and what was understood of it. **Thread-safety:** GUI thread
/// only; never blocks.
class UserListEdit final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme and @p connection, whose engine worker reads files, outlive the widget.
    UserListEdit(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    /// Who is named, as of the last changed().
    [[nodiscard]] const UserList &list() const { return m_list; }
    /// Reads the file at @p path in the place of what stands there.
    void open(const QString &path);
    void focus();

Q_SIGNALS:
    void changed();

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void choose();
    void read();

    common::OpenConnection &m_connection;
    async::Mailbox m_mailbox;
    UserList m_list;
    QPlainTextEdit *m_text;
    common::Label *m_understood;
};

} // namespace rollcall::revoke
