#include "ui/main/HeaderBand.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/main/HealthChips.h"
#include "ui/main/PersonalMark.h"
#include "ui/main/WriteModeButton.h"

namespace rollcall::main {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr int footHeight = 2;

/// The upright line before the write mode.
class Separator final : public QWidget
{
public:
    explicit Separator(const common::Theme &theme) : m_theme(theme) { setFixedSize(1, 20); }

protected:
    void paintEvent(QPaintEvent * /*event*/) override
    {
        QPainter(this).fillRect(rect(), m_theme.color(ColorToken::LineStrong));
    }

private:
    const common::Theme &m_theme;
};

} // namespace

HeaderBand::HeaderBand(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_name(new common::Button(theme, {}, common::ButtonKind::Quiet)),
      m_tag(new common::Tag(theme, common::Environment::Development)),
      m_summary(new common::Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_personal(new PersonalMark(theme)),
      m_health(new HealthChips(theme)),
      m_writeMode(new WriteModeButton(theme))
{
    setFixedHeight(bandHeight);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 12, footHeight);
    row->setSpacing(common::space::s);
    row->addWidget(m_name);
    row->addWidget(m_tag);
    row->addSpacing(common::space::xs);
    row->addWidget(m_summary, 1);
    row->addWidget(m_personal);
    row->addWidget(m_health);
    row->addWidget(new Separator(theme));
    row->addSpacing(common::space::xs);
    row->addWidget(m_writeMode);
    m_name->setObjectName(QStringLiteral("profileName"));
    m_summary->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
}

void HeaderBand::setProfile(const ProfileHeader &profile)
{
    m_environment = profile.environment;
    m_name->setText(profile.name);
    m_name->setFont(m_theme.font(FontToken::Section));
    m_name->setAccessibleName(tr("Profile %1").arg(profile.name));
    m_tag->setEnvironment(profile.environment);
    m_summaryText = profile.summary;
    m_summary->setToolTip(profile.summary);
    elideSummary();
    update();
}

void HeaderBand::setProfileMenu(QMenu *menu)
{
    m_name->setMenu(menu);
}

void HeaderBand::setNarrow(bool narrow)
{
    m_health->setNarrow(narrow);
}

void HeaderBand::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(ColorToken::Surface));
    painter.fillRect(0, height() - footHeight, width(), footHeight,
                     m_theme.color(common::environmentTint(m_environment)));
}

void HeaderBand::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // The layout places the label first.
    QMetaObject::invokeMethod(this, &HeaderBand::elideSummary, Qt::QueuedConnection);
}

void HeaderBand::elideSummary()
{
    constexpr int least = 120; // fewer words say nothing
    const int room = m_summary->width();
    m_summary->setText(room < least ? QString()
                                    : m_summary->fontMetrics().elidedText(m_summaryText, Qt::ElideRight, room));
}

} // namespace rollcall::main
