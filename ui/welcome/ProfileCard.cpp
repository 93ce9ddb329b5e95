#include "ui/welcome/ProfileCard.h"

#include <QAction>
#include <QMenu>
#include <QPainter>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"
#include "ui/common/Tag.h"

namespace rollcall::welcome {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {

constexpr int edge = 3;

/// "Auth.js v5 · database · postgresql", as far as the profile says so.
QString summaryOf(const workspace::ConnectionProfile &profile)
{
    QStringList parts;
    if (profile.version)
        parts << (*profile.version == session::AuthVersion::V4 ? QStringLiteral("NextAuth v4")
                                                               : QStringLiteral("Auth.js v5"));
    if (profile.strategy)
        parts << (*profile.strategy == session::Strategy::Jwt ? ProfileCard::tr("JWT")
                                                              : ProfileCard::tr("database sessions"));
    if (!profile.database.isEmpty())
        parts << profile.database.section(QLatin1Char(':'), 0, 0);
    return parts.isEmpty() ? ProfileCard::tr("found out when connecting") : parts.join(QStringLiteral(" · "));
}

QString placeOf(const workspace::ConnectionProfile &profile)
{
    const QUrl url(profile.baseUrl);
    if (!profile.baseUrl.isEmpty() && url.isValid())
        return url.port() > 0 ? QStringLiteral("%1:%2").arg(url.host()).arg(url.port()) : url.host();
    return profile.database.isEmpty() ? ProfileCard::tr("no address yet") : profile.database;
}

} // namespace

ProfileCard::ProfileCard(const common::Theme &theme, const workspace::ConnectionProfile &profile, bool primary,
                         QWidget *parent)
    : QFrame(parent), m_theme(theme), m_name(profile.name), m_environment(profile.environment)
{
    common::setSurface(*this, common::Surface::Card);
    setAccessibleName(tr("Deployment %1").arg(profile.name));
    setFixedHeight(144);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::l + edge, common::space::l, common::space::l);
    column->setSpacing(common::space::xs);

    auto *head = new QHBoxLayout;
    auto *name = new Label(theme, profile.name, FontToken::Heading);
    name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    name->setToolTip(profile.name);
    head->addWidget(name, 1);
    head->addWidget(new common::Tag(theme, profile.environment));
    column->addLayout(head);
    const auto line = [&](const QString &text, ColorToken tint) {
        auto *label = new Label(theme, text, FontToken::Body, tint);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        label->setToolTip(text);
        column->addWidget(label);
    };
    line(placeOf(profile), ColorToken::Text);
    line(summaryOf(profile), ColorToken::Muted);
    column->addStretch();

    auto *foot = new QHBoxLayout;
    auto *more = new Button(theme, common::Icon::More, tr("More for %1").arg(profile.name));
    more->setKind(ButtonKind::Quiet);
    auto *menu = new QMenu(more);
    connect(menu->addAction(tr("Edit…")), &QAction::triggered, this, &ProfileCard::editRequested);
    connect(menu->addAction(tr("Forget…")), &QAction::triggered, this, &ProfileCard::removeRequested);
    connect(more, &Button::clicked, this, [more, menu] { menu->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    foot->addWidget(more);
    foot->addStretch();
    m_button = new Button(theme, tr("Connect"), primary ? ButtonKind::Primary : ButtonKind::Normal);
    m_button->setAccessibleName(tr("Connect to %1").arg(profile.name));
    connect(m_button, &Button::clicked, this, [this] {
        if (m_opening)
            Q_EMIT cancelRequested();
        else
            Q_EMIT connectRequested();
    });
    foot->addWidget(m_button);
    column->addLayout(foot);
}

void ProfileCard::setOpening(bool opening)
{
    m_opening = opening;
    m_button->setText(opening ? tr("Connecting… Cancel") : tr("Connect"));
}

void ProfileCard::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(0, 0, width(), edge);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(common::environmentTint(m_environment)));
    painter.drawRoundedRect(QRectF(0, 0, width(), 4 * edge), common::measure::radius, common::measure::radius);
}

} // namespace rollcall::welcome
