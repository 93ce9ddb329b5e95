#include "ui/common/ErrorBanner.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"

namespace rollcall::common {

namespace {

/// The error and what led to it, outermost first, each with its stable name.
QString chainText(const base::Error &error)
{
    QStringList lines;
    for (const base::Error *link = &error; link != nullptr; link = link->cause.get()) {
        lines += base::errorName(link->code) + QStringLiteral(": ") + base::oneLine(*link);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

ErrorBanner::ErrorBanner(const Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_glyph(new Label(theme)),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_body(new Label(theme)),
      m_aside(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_retry(new Button(theme, {})),
      m_fold(new Button(theme, tr("Details"), ButtonKind::Link)),
      m_copy(new Button(theme, tr("Copy"), ButtonKind::Link)),
      m_details(new CodeBlock(theme))
{
    setSurface(*this, Surface::Bad);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(space::m, 10, space::m, 10);
    row->setSpacing(space::s);
    auto *column = new QVBoxLayout;
    column->setSpacing(2);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(0, 6, 0, 0);
    foot->setSpacing(space::s);
    foot->addWidget(m_retry);
    foot->addWidget(m_aside);
    foot->addStretch();
    foot->addWidget(m_copy);
    foot->addWidget(m_fold);
    column->addWidget(m_title);
    column->addWidget(m_body);
    column->addLayout(foot);
    column->addWidget(m_details);
    row->addWidget(m_glyph, 0, Qt::AlignTop);
    row->addLayout(column, 1);

    m_title->setWordWrap(true);
    m_title->setSelectable();
    m_body->setWordWrap(true);
    m_body->setSelectable();
    m_retry->hide();
    m_details->hide();
    m_details->setAccessibleName(tr("Details of the error"));
    m_copy->setAccessibleName(tr("Copy the error"));
    m_fold->setGlyph(Icon::Down);
    connect(m_retry, &Button::clicked, this, &ErrorBanner::retryRequested);
    connect(m_fold, &Button::clicked, this, &ErrorBanner::toggleDetails);
    connect(m_copy, &Button::clicked, this, [this] {
        const QStringList parts = {m_title->text(), m_body->text(), m_details->toPlainText()};
        QApplication::clipboard()->setText(parts.join(QLatin1Char('\n')));
    });
    const auto drawGlyph = [this] {
        m_glyph->setPixmap(iconPixmap(m_theme, Icon::Fail, measure::icon, ColorToken::Bad, devicePixelRatioF()));
    };
    connect(&m_theme, &Theme::changed, this, drawGlyph);
    drawGlyph();
    hide();
}

void ErrorBanner::showError(const base::Error &error, const QString &what, const QString &aside)
{
    const base::ErrorText text = base::describe(error);
    m_title->setText(what.isEmpty() ? text.message : what);
    m_body->setText(what.isEmpty() ? text.remedy : text.message + QLatin1Char(' ') + text.remedy);
    m_aside->setText(aside);
    m_details->setText(chainText(error));
    setAccessibleName(m_title->text());
    setAccessibleDescription(m_body->text());
    show();
}

void ErrorBanner::setRetry(const QString &text)
{
    m_retry->setText(text);
    m_retry->setVisible(!text.isEmpty());
}

void ErrorBanner::clear()
{
    hide();
    if (m_details->isVisibleTo(this)) {
        toggleDetails();
    }
}

void ErrorBanner::toggleDetails()
{
    const bool shown = !m_details->isVisibleTo(this);
    m_details->setVisible(shown);
    m_fold->setGlyph(shown ? Icon::Up : Icon::Down);
}

} // namespace rollcall::common
