#include "ui/connect/SecretList.h"

#include <QVBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/connect/SecretField.h"

namespace rollcall::connect {

SecretList::SecretList(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_column(new QVBoxLayout),
      m_none(new common::Label(theme, tr("none"), common::FontToken::Body, common::ColorToken::Muted)),
      m_add(new common::Button(theme, tr("Add"), common::ButtonKind::Link))
{
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    m_column->setSpacing(common::space::s);
    all->addLayout(m_column);
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_none);
    foot->addStretch();
    m_add->setGlyph(common::Icon::Plus);
    m_add->setAccessibleName(tr("Add an older secret"));
    foot->addWidget(m_add);
    all->addLayout(foot);
    connect(m_add, &common::Button::clicked, this, [this] { addField()->setFocus(Qt::OtherFocusReason); });
    refresh();
}

SecretField *SecretList::addField()
{
    auto *field = new SecretField(m_theme, tr("Older secret %1").arg(m_fields.size() + 1));
    field->setPlaceholderText(tr("a secret that is still accepted"));
    m_fields.push_back(field);
    m_column->addWidget(field);
    connect(field, &QLineEdit::textEdited, this, &SecretList::edited);
    refresh();
    return field;
}

void SecretList::setSecrets(std::span<const base::SecretBytes> secrets)
{
    for (SecretField *field : m_fields)
        field->deleteLater();
    m_fields.clear();
    for (const base::SecretBytes &secret : secrets)
        addField()->setSecret(secret);
    refresh();
}

std::vector<base::SecretBytes> SecretList::secrets() const
{
    std::vector<base::SecretBytes> found;
    for (const SecretField *field : m_fields) {
        if (!field->text().isEmpty())
            found.push_back(field->secret());
    }
    return found;
}

void SecretList::refresh()
{
    m_none->setVisible(m_fields.empty());
    m_add->setVisible(m_fields.size() < most);
}

} // namespace rollcall::connect
