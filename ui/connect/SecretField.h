#pragma once

#include <QLineEdit>

#include "core/base/Secret.h"
#include "ui/common/Theme.h"

namespace rollcall::connect {

/// A field for a password or secret: dots, its length in characters, and an eye that shows it while pressed. Nothing of
/// it can be copied. Qt keeps typed text in memory of its own that cannot be wiped; it is released with the field.
/// **Thread-safety:** GUI thread only.
class SecretField final : public QLineEdit
{
    Q_OBJECT

public:
    /// @p name is the accessible name. @p theme outlives the field.
    SecretField(const common::Theme &theme, const QString &name, QWidget *parent = nullptr);

    void setSecret(const base::SecretBytes &secret);
    /// The content as UTF-8, exactly as typed: blanks count.
    [[nodiscard]] base::SecretBytes secret() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void fitMargins();

    const common::Theme &m_theme;
    class QToolButton *m_eye;
};

} // namespace rollcall::connect
