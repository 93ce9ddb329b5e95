#include "ui/connect/GiveUpQuestion.h"

#include <QDialogButtonBox>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::connect {

using common::Label;

GiveUpQuestion::GiveUpQuestion(const common::Theme &theme, const workspace::ConnectionProfile &profile,
                               const QString &question, const QString &what, const QString &act, QWidget *parent)
    : QDialog(parent), m_reason(new QLineEdit)
{
    setObjectName(QStringLiteral("giveUpQuestion"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(question);
    common::setSurface(*this, common::Surface::Window);
    setMinimumWidth(520);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::xl, common::space::l, common::space::xl, common::space::l);
    column->setSpacing(common::space::m);
    column->addWidget(new Label(theme, question, common::FontToken::Title));
    auto *told = new Label(theme, what, common::FontToken::Body);
    told->setObjectName(QStringLiteral("givenUp"));
    told->setWordWrap(true);
    column->addWidget(told);
    const auto field = [&](const QString &label, QLineEdit *edit, const char *name) {
        auto *caption = new Label(theme, label, common::FontToken::Section);
        caption->setBuddy(edit);
        edit->setObjectName(QLatin1String(name));
        edit->setAccessibleName(label);
        edit->setMaxLength(500);
        column->addWidget(caption);
        column->addWidget(edit);
    };
    field(tr("Reason, kept in the audit log"), m_reason, "giveUpReason");
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_act = buttons->addButton(act, QDialogButtonBox::AcceptRole);
    m_act->setObjectName(QStringLiteral("giveUp"));
    m_act->setAutoDefault(false);
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    if (profile.environment == workspace::Environment::Production) {
        m_name = new QLineEdit;
        field(tr("Type %1").arg(profile.name), m_name, "giveUpName");
        m_act->setEnabled(false);
        connect(m_name, &QLineEdit::textChanged, this,
                [this, name = profile.name](const QString &text) { m_act->setEnabled(text.trimmed() == name); });
    }
    column->addWidget(buttons);
}

QString GiveUpQuestion::reason() const
{
    return m_reason->text().trimmed();
}

} // namespace rollcall::connect
