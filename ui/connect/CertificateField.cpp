#include "ui/connect/CertificateField.h"

#include <QHBoxLayout>
#include <QLineEdit>

#include "ui/connect/SecretField.h"

namespace rollcall::connect {

CertificateField::CertificateField(const common::Theme &theme, QWidget *parent)
    : QWidget(parent), m_certificate(new QLineEdit), m_key(new QLineEdit), m_password(nullptr)
{
    m_password = new SecretField(theme, tr("Password of the client certificate's key"));
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(common::space::s);
    const auto add = [this, line](QLineEdit *field, const char *objectName, const QString &placeholder) {
        field->setObjectName(QString::fromLatin1(objectName));
        field->setPlaceholderText(placeholder);
        line->addWidget(field, 1);
        connect(field, &QLineEdit::textEdited, this, &CertificateField::edited);
    };
    add(m_certificate, "clientCertificate", tr("certificate, PEM"));
    add(m_key, "clientKey", tr("key, PEM"));
    add(m_password, "clientKeyPassword", tr("password"));
    m_certificate->setAccessibleName(tr("File of the client certificate"));
    m_key->setAccessibleName(tr("File of the client certificate's key"));
    setFocusProxy(m_certificate);
    setToolTip(tr("For servers that want to see a certificate of yours. Most ask for a password alone."));
}

void CertificateField::setCertificate(const ClientCertificate &certificate)
{
    m_certificate->setText(certificate.certificate);
    m_key->setText(certificate.key);
    m_password->setSecret(certificate.password);
}

ClientCertificate CertificateField::certificate() const
{
    return {m_certificate->text().trimmed(), m_key->text().trimmed(), m_password->secret()};
}

} // namespace rollcall::connect
