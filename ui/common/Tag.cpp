#include "ui/common/Tag.h"

#include <QCoreApplication>
#include <QPainter>

namespace rollcall::common {

ColorToken environmentTint(Environment environment)
{
    switch (environment) {
    case Environment::Development:
        return ColorToken::Muted;
    case Environment::Staging:
        return ColorToken::Info;
    case Environment::Production:
        return ColorToken::Bad;
    }
    return ColorToken::Muted;
}

ColorToken environmentGround(Environment environment)
{
    switch (environment) {
    case Environment::Development:
        return ColorToken::Sunken;
    case Environment::Staging:
        return ColorToken::InfoSoft;
    case Environment::Production:
        return ColorToken::BadSoft;
    }
    return ColorToken::Sunken;
}

QString environmentWord(Environment environment)
{
    switch (environment) {
    case Environment::Development:
        return QCoreApplication::translate("Environment", "Development");
    case Environment::Staging:
        return QCoreApplication::translate("Environment", "Staging");
    case Environment::Production:
        return QCoreApplication::translate("Environment", "Production");
    }
    return {};
}

Tag::Tag(const Theme &theme, Environment environment, QWidget *parent)
    : QWidget(parent), m_theme(theme), m_environment(environment)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFont(theme.font(FontToken::Caption));
    setEnvironment(environment);
}

void Tag::setEnvironment(Environment environment)
{
    m_environment = environment;
    setAccessibleName(environmentWord(environment));
    updateGeometry();
    update();
}

QSize Tag::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(environmentWord(m_environment)) + 2 * space::s, 20};
}

void Tag::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_theme.color(environmentTint(m_environment)));
    painter.setBrush(m_theme.color(environmentGround(m_environment)));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.drawText(rect(), Qt::AlignCenter, environmentWord(m_environment));
}

} // namespace rollcall::common
