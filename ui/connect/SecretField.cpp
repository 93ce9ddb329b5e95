#include "ui/connect/SecretField.h"

#include <QEvent>
#include <QPainter>
#include <QToolButton>

#include "ui/common/Icons.h"

namespace rollcall::connect {

namespace {
constexpr int eyeWidth = 28;
constexpr int lengthWidth = 88;
} // namespace

SecretField::SecretField(const common::Theme &theme, const QString &name, QWidget *parent)
    : QLineEdit(parent), m_theme(theme), m_eye(new QToolButton(this))
{
    setAccessibleName(name);
    setEchoMode(QLineEdit::Password);
    setContextMenuPolicy(Qt::NoContextMenu);
    m_eye->setIcon(common::themedIcon(theme, common::Icon::Eye, common::ColorToken::Muted));
    m_eye->setIconSize({common::measure::icon, common::measure::icon});
    m_eye->setCursor(Qt::ArrowCursor);
    m_eye->setFocusPolicy(Qt::NoFocus);
    m_eye->setToolTip(tr("Shows it while pressed"));
    m_eye->setAccessibleName(tr("Show %1 while pressed").arg(name));
    connect(m_eye, &QToolButton::pressed, this, [this] { setEchoMode(QLineEdit::Normal); });
    connect(m_eye, &QToolButton::released, this, [this] { setEchoMode(QLineEdit::Password); });
    connect(this, &QLineEdit::textChanged, this, &SecretField::fitMargins);
    fitMargins();
}

void SecretField::setSecret(const base::SecretBytes &secret)
{
    setText(QString::fromUtf8(secret.view()));
}

base::SecretBytes SecretField::secret() const
{
    QByteArray bytes = text().toUtf8();
    return base::SecretBytes::fromAndWipe(bytes);
}

void SecretField::fitMargins()
{
    setTextMargins(0, 0, eyeWidth + (text().isEmpty() ? 0 : lengthWidth), 0);
    update();
}

void SecretField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    const qsizetype count = text().size();
    if (count == 0)
        return;
    QPainter painter(this);
    painter.setFont(m_theme.font(common::FontToken::Small));
    painter.setPen(m_theme.color(common::ColorToken::Muted));
    painter.drawText(rect().adjusted(0, 0, -eyeWidth - common::space::s, 0), Qt::AlignRight | Qt::AlignVCenter,
                     count == 1 ? tr("1 character") : tr("%1 characters").arg(count));
}

void SecretField::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    m_eye->setGeometry(width() - eyeWidth - 1, 2, eyeWidth - 2, height() - 4);
}

void SecretField::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::EnabledChange)
        m_eye->setVisible(isEnabled());
}

} // namespace rollcall::connect
