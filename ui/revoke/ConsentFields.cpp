#include "ui/revoke/ConsentFields.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include "ui/common/Label.h"

namespace rollcall::revoke {

using common::FontToken;
using common::Label;

ConsentFields::ConsentFields(const common::Theme &theme, const workspace::ConnectionProfile &profile, qint64 rows,
                             QWidget *parent)
    : ConsentFields(theme, profile, QString::number(rows), Typed::InProduction, parent)
{}

ConsentFields::ConsentFields(const common::Theme &theme, const workspace::ConnectionProfile &profile,
                             const QString &what, Typed typed, QWidget *parent)
    : QWidget(parent), m_reason(new QLineEdit)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(20, common::space::s, 20, common::space::m);
    row->setSpacing(common::space::l);
    const auto field = [&](const QString &label, QLineEdit *edit, int stretch) {
        auto *column = new QVBoxLayout;
        column->setSpacing(common::space::xs);
        auto *caption = new Label(theme, label, FontToken::Section);
        caption->setBuddy(edit);
        column->addWidget(caption);
        column->addWidget(edit);
        edit->setAccessibleName(label);
        row->addLayout(column, stretch);
        connect(edit, &QLineEdit::textChanged, this, &ConsentFields::changed);
    };
    m_reason->setObjectName(QStringLiteral("planReason"));
    m_reason->setMaxLength(500);
    m_reason->setPlaceholderText(tr("Why, and for which ticket"));
    field(tr("Reason, kept in the audit log"), m_reason, 2);
    const bool isProduction = profile.environment == workspace::Environment::Production;
    if (!isProduction && typed == Typed::InProduction)
        return;
    m_expected = isProduction ? profile.name + QLatin1Char(' ') + what : what;
    m_confirmation = new QLineEdit;
    m_confirmation->setObjectName(QStringLiteral("planConfirmation"));
    field(tr("Type %1").arg(m_expected), m_confirmation, 1);
}

QString ConsentFields::reason() const
{
    return m_reason->text().trimmed();
}

void ConsentFields::setReason(const QString &reason)
{
    m_reason->setText(reason);
}

void ConsentFields::fixReason(const QString &reason)
{
    m_lent.clear();
    m_reason->setText(reason);
    m_reason->setReadOnly(true);
}

void ConsentFields::lendReason(const common::OpenConnection &connection)
{
    m_lent = connection.standingReason();
    m_reason->setText(m_lent);
    connect(&connection, &common::OpenConnection::writeModeChanged, this, [this](common::WriteMode mode) {
        if (mode == common::WriteMode::Armed || m_lent.isEmpty())
            return;
        const bool untouched = ownReason().isEmpty();
        m_lent.clear();
        if (untouched)
            m_reason->clear();
    });
}

QString ConsentFields::ownReason() const
{
    return m_lent.isEmpty() || reason() != m_lent ? reason() : QString();
}

QString ConsentFields::obstacle() const
{
    if (reason().isEmpty())
        return tr("Give a reason first.");
    if (m_confirmation && m_confirmation->text().trimmed() != m_expected)
        return tr("Type \"%1\" to confirm.").arg(m_expected);
    return {};
}

QWidget *ConsentFields::firstField() const
{
    return m_reason;
}

} // namespace rollcall::revoke
