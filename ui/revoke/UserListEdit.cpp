#include "ui/revoke/UserListEdit.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLocale>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/SmallFile.h"

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr qint64 largestFile = 4 << 20;
constexpr int mostCharacters = 1 << 20; ///< read at every key: ten thousand users with names of a hundred characters
constexpr int textHeight = 128;
constexpr std::size_t linesNamed = 8;

QString localFile(const QMimeData *data)
{
    const QList<QUrl> urls = data->urls();
    return urls.size() == 1 ? urls.first().toLocalFile() : QString();
}

/// "lines 3, 9 and 4 more".
QString linesText(const std::vector<int> &lines)
{
    QStringList numbers;
    for (const int line : lines) {
        if (static_cast<std::size_t>(numbers.size()) == linesNamed)
            break;
        numbers << QString::number(line);
    }
    const auto more = lines.size() - static_cast<std::size_t>(numbers.size());
    const QString named = numbers.join(QStringLiteral(", "));
    return more == 0 ? named : UserListEdit::tr("%1 and %2 more").arg(named).arg(more);
}

QString understoodText(const UserList &list)
{
    QStringList parts{list.users.size() == 1
                          ? UserListEdit::tr("1 user named")
                          : UserListEdit::tr("%1 users named").arg(QLocale().toString(qint64(list.users.size())))};
    if (!list.column.isEmpty())
        parts << UserListEdit::tr("from the column \"%1\"").arg(list.column);
    if (list.repeated > 0)
        parts << UserListEdit::tr("%1 named before").arg(list.repeated);
    if (!list.unread.empty())
        parts << (list.unread.size() == 1 ? UserListEdit::tr("nobody named in line %1")
                                          : UserListEdit::tr("nobody named in lines %1"))
                     .arg(linesText(list.unread));
    return parts.join(QStringLiteral(" · "));
}

} // namespace

UserListEdit::UserListEdit(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent)
    : QWidget(parent),
      m_connection(connection),
      m_text(new QPlainTextEdit),
      m_understood(new common::Label(theme, {}, FontToken::Status, ColorToken::Muted))
{
    setAcceptDrops(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(common::space::xs);
    m_text->setObjectName(QStringLiteral("userList"));
    m_text->setAccessibleName(tr("Users, an id or e-mail a line, or CSV"));
    m_text->setPlaceholderText(tr("ada@example.com\nuser_2f81c0\n\nAn id or e-mail a line, or CSV with a column "
                                  "\"email\" or \"id\". A file can be dropped here."));
    m_text->setTabChangesFocus(true);
    m_text->setAcceptDrops(false); // a file is to be read, not its address written
    m_text->setFixedHeight(textHeight);
    column->addWidget(m_text);
    auto *row = new QHBoxLayout;
    row->setSpacing(common::space::m);
    m_understood->setObjectName(QStringLiteral("userListUnderstood"));
    m_understood->setWordWrap(true);
    row->addWidget(m_understood, 1);
    auto *file = new common::Button(theme, tr("Open a file…"));
    file->setObjectName(QStringLiteral("userListOpen"));
    file->setGlyph(common::Icon::File);
    connect(file, &common::Button::clicked, this, &UserListEdit::choose);
    row->addWidget(file);
    column->addLayout(row);
    connect(m_text, &QPlainTextEdit::textChanged, this, &UserListEdit::read);
    read();
}

void UserListEdit::focus()
{
    m_text->setFocus(Qt::OtherFocusReason);
}

void UserListEdit::read()
{
    if (m_text->document()->characterCount() > mostCharacters) {
        m_list = {};
        m_understood->setTint(ColorToken::Bad);
        m_understood->setText(tr("This is too long to be read: at most %1 characters. Give it in parts.")
                                  .arg(QLocale().toString(mostCharacters)));
        Q_EMIT changed();
        return;
    }
    m_list = readUserList(m_text->toPlainText());
    m_understood->setTint(m_list.unread.empty() ? ColorToken::Muted : ColorToken::Warn);
    m_understood->setText(m_text->document()->isEmpty() ? QString() : understoodText(m_list));
    Q_EMIT changed();
}

void UserListEdit::choose()
{
    auto *dialog = new QFileDialog(this, tr("A list of users"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Lists (*.csv *.tsv *.txt)"), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &UserListEdit::open);
    dialog->open();
}

void UserListEdit::open(const QString &path)
{
    const auto say = [this](const base::Error &error) {
        m_understood->setTint(ColorToken::Bad);
        m_understood->setText(base::describe(error).message);
    };
    const auto submitted = m_connection.workers().engine.submit(
        [this, path, say, sender = m_mailbox.sender()](const base::Result<store::SessionStore *> &,
                                                       const base::Call &) {
            sender.post([this, say, content = common::readSmallFile(path, largestFile)] {
                if (content)
                    m_text->setPlainText(QString::fromUtf8(*content));
                else
                    say(content.error());
            });
        },
        {}, m_connection.timeout());
    if (!submitted)
        say(submitted.error());
}

void UserListEdit::dragEnterEvent(QDragEnterEvent *event)
{
    if (!localFile(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void UserListEdit::dropEvent(QDropEvent *event)
{
    open(localFile(event->mimeData()));
}

} // namespace rollcall::revoke
