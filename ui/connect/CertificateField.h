#pragma once

#include <QWidget>

#include "ui/common/Theme.h"
#include "ui/connect/DatabaseAddress.h"

class QLineEdit;

namespace rollcall::connect {

class SecretField;

/// The files of a client certificate and of its key, side by side, and the password that opens the key.
/// **Thread-safety:** GUI thread only.
class CertificateField final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the field.
    explicit CertificateField(const common::Theme &theme, QWidget *parent = nullptr);

    void setCertificate(const ClientCertificate &certificate);
    [[nodiscard]] ClientCertificate certificate() const;

Q_SIGNALS:
    void edited();

private:
    QLineEdit *m_certificate;
    QLineEdit *m_key;
    SecretField *m_password;
};

} // namespace rollcall::connect
