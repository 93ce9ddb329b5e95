#include "ui/audit/LastOperations.h"

#include <QGridLayout>
#include <QSet>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/audit/AuditWords.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/States.h"
#include "ui/common/Surface.h"

namespace rollcall::audit {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Label;

LastOperations::LastOperations(const common::Theme &theme, const AuditLog &log, QString connection,
                               const base::Clock &clock, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_connection(std::move(connection)),
      m_clock(clock),
      m_reader(log),
      m_rows(new QGridLayout),
      m_words(new Label(theme, {}, FontToken::Body, ColorToken::Muted))
{
    common::setSurface(*this, common::Surface::Card);
    setAccessibleName(tr("Last operations"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    column->setSpacing(common::space::s);
    auto *head = new QHBoxLayout;
    head->addWidget(new Label(theme, tr("Last operations"), FontToken::Section));
    head->addStretch();
    auto *all = new Button(theme, tr("Audit"), ButtonKind::Link);
    all->setObjectName(QStringLiteral("openAudit"));
    all->setAccessibleDescription(tr("Opens the whole audit log"));
    connect(all, &Button::clicked, this, &LastOperations::auditWanted);
    head->addWidget(all);
    column->addLayout(head);
    m_rows->setContentsMargins({});
    m_rows->setHorizontalSpacing(common::space::s);
    m_rows->setVerticalSpacing(common::space::s);
    m_rows->setColumnStretch(1, 1);
    column->addLayout(m_rows);
    m_words->setObjectName(QStringLiteral("lastOperationsWords"));
    m_words->setWordWrap(true);
    column->addWidget(m_words);
    connect(&m_reader, &AuditReader::ready, this, &LastOperations::display);
    connect(&m_reader, &AuditReader::failed, this, [this](const base::Error &error) {
        clear();
        say(tr("The audit log could not be read: %1").arg(base::oneLine(error)));
    });
}

void LastOperations::refresh()
{
    m_reader.read();
}

void LastOperations::showEvent(QShowEvent *event)
{
    QFrame::showEvent(event);
    refresh();
}

void LastOperations::clear()
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

void LastOperations::say(const QString &words)
{
    m_words->setText(words);
    m_words->setVisible(!words.isEmpty());
}

void LastOperations::display(const AuditReading &reading)
{
    clear();
    QSet<QString> seen;
    for (const AuditEntry &entry : reading.entries) {
        // Entries come newest first: the first of an operation tells how it stands.
        if (entry.connection != m_connection || seen.contains(entry.operation))
            continue;
        addRow(static_cast<int>(seen.size()), entry);
        seen.insert(entry.operation);
        if (seen.size() == mostShown)
            break;
    }
    if (!reading.state.ok)
        say(tr("The audit log is broken; Audit says where."));
    else
        say(seen.isEmpty() ? tr("Nothing was done to this deployment yet.") : QString());
    if (reading.isSound)
        Q_EMIT logFoundSound();
}

void LastOperations::addRow(int row, const AuditEntry &entry)
{
    const ActSummary summary = summaryOf(entry);
    auto *glyph = new Label(m_theme);
    glyph->setAlignment(Qt::AlignTop);
    const auto draw = [this, glyph, summary] {
        glyph->setPixmap(
            common::iconPixmap(m_theme, summary.icon, common::measure::icon, summary.tint, devicePixelRatioF()));
    };
    draw();
    connect(&m_theme, &common::Theme::changed, glyph, draw);
    auto *words = new Label(m_theme, summary.words);
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *when = new Label(m_theme, whenText(entry.at, m_clock.now()), FontToken::Body, ColorToken::Muted);
    when->setAlignment(Qt::AlignRight | Qt::AlignTop);
    m_rows->addWidget(glyph, row, 0);
    m_rows->addWidget(words, row, 1);
    m_rows->addWidget(when, row, 2);
}

} // namespace rollcall::audit
