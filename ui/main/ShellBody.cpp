#include "ui/main/ShellBody.h"

#include <QPainter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/common/Sheet.h"
#include "ui/main/ActivityDrawer.h"
#include "ui/main/NavigationBar.h"

namespace rollcall::main {

namespace {

/// The ground of the details pane, with the line that parts it from the page.
class Pane final : public QWidget
{
public:
    Pane(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
    {
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(1, 0, 0, 0);
        layout->setSpacing(0);
    }

protected:
    void paintEvent(QPaintEvent * /*event*/) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), m_theme.color(common::ColorToken::Surface));
        painter.fillRect(0, 0, 1, height(), m_theme.color(common::ColorToken::Line));
    }

private:
    const common::Theme &m_theme;
};

} // namespace

ShellBody::ShellBody(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_rail(new NavigationBar(theme, this)),
      m_stack(new QStackedWidget(this)),
      m_pane(new Pane(theme, this)),
      m_drawer(new ActivityDrawer(theme, this))
{
    common::Sheet::markHost(*this);
    m_pane->setAccessibleName(tr("Details"));
    m_pane->hide();
    m_rail->hide();
    connect(m_drawer, &ActivityDrawer::changed, this, &ShellBody::place);
}

void ShellBody::setDrawerShown(bool shown)
{
    m_drawer->setVisible(shown);
    place();
}

void ShellBody::setRailShown(bool shown)
{
    m_railShown = shown;
    m_rail->setVisible(shown);
    place();
}

void ShellBody::setDetails(QWidget *details)
{
    if (m_details != nullptr) {
        m_details->hide();
        m_pane->layout()->removeWidget(m_details);
    }
    m_details = details;
    m_detailsOver = false;
    if (details != nullptr) {
        m_pane->layout()->addWidget(details);
        details->show();
    }
    place();
}

void ShellBody::setDetailsShown(bool shown)
{
    (isNarrow() ? m_detailsOver : m_detailsWanted) = shown;
    place();
}

bool ShellBody::detailsVisible() const
{
    return m_details != nullptr && (isNarrow() ? m_detailsOver : m_detailsWanted);
}

void ShellBody::setDetailsWanted(bool wanted)
{
    m_detailsWanted = wanted;
    place();
}

void ShellBody::place()
{
    m_rail->setNarrow(width() < iconsOnlyBelow);
    const int left = m_railShown ? m_rail->width() : 0;
    m_rail->setGeometry(0, 0, m_rail->width(), height());
    const bool pane = detailsVisible();
    const bool beside = pane && !isNarrow();
    const int foot = m_drawer->isHidden() ? 0 : m_drawer->sizeHint().height();
    m_drawer->setGeometry(left, height() - foot, width() - left, foot);
    m_stack->setGeometry(left, 0, width() - left - (beside ? paneWidth : 0), height() - foot);
    m_pane->setGeometry(width() - paneWidth, 0, paneWidth, height() - foot);
    m_pane->setVisible(pane);
    if (pane) {
        // Above the page, but below a sheet that may be open over both.
        m_pane->raise();
        if (common::Sheet *sheet = common::Sheet::openIn(*this)) {
            sheet->raise();
        }
    }
}

void ShellBody::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (!isNarrow()) {
        m_detailsOver = false; // a window made narrow again begins with the page in sight
    }
    place();
}

} // namespace rollcall::main
