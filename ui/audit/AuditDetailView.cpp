#include "ui/audit/AuditDetailView.h"

#include <QClipboard>
#include <QDateTime>
#include <QGridLayout>
#include <QGuiApplication>
#include <QJsonDocument>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/audit/AuditWords.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/States.h"
#include "ui/common/Surface.h"

namespace rollcall::audit {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int labelWidth = 88;

QString exactMoment(base::Instant at)
{
    return QDateTime::fromMSecsSinceEpoch(at.time_since_epoch().count())
        .toString(QStringLiteral("d MMM yyyy HH:mm:ss.zzz"));
}

/// Rows of a muted name and a value that may be copied.
class FactGrid
{
public:
    FactGrid(const common::Theme &theme, QVBoxLayout &column) : m_theme(theme), m_grid(new QGridLayout)
    {
        m_grid->setVerticalSpacing(common::space::xs + 2);
        m_grid->setHorizontalSpacing(common::space::s);
        m_grid->setColumnMinimumWidth(0, labelWidth);
        m_grid->setColumnStretch(1, 1);
        column.addLayout(m_grid);
    }

    void add(const QString &name, const QString &value, FontToken font = FontToken::Body, const QString &tip = {})
    {
        if (value.isEmpty())
            return;
        auto *text = new Label(m_theme, value, font);
        text->setSelectable();
        text->setWordWrap(true);
        text->setToolTip(tip);
        addWidget(name, text);
        text->setAccessibleName(QStringLiteral("%1: %2").arg(name, value));
    }

    void addWidget(const QString &name, QWidget *value)
    {
        m_grid->addWidget(new Label(m_theme, name, FontToken::Body, ColorToken::Muted), m_row, 0, Qt::AlignTop);
        m_grid->addWidget(value, m_row++, 1);
    }

private:
    const common::Theme &m_theme;
    QGridLayout *m_grid;
    int m_row = 0;
};

void addHeading(const common::Theme &theme, QVBoxLayout &column, const QString &text)
{
    column.addSpacing(common::space::s);
    column.addWidget(new Label(theme, text, FontToken::Caption, ColorToken::Muted));
}

} // namespace

AuditDetailView::AuditDetailView(const common::Theme &theme, QWidget *parent)
    : QWidget(parent),
      m_theme(theme),
      m_title(new Label(theme, {}, FontToken::Section)),
      m_subtitle(new Label(theme, {}, FontToken::Small, ColorToken::Muted)),
      m_facts(new QWidget),
      m_toPartner(new Button(theme, {})),
      m_undo(new Button(theme, tr("Undo…"))),
      m_copy(new Button(theme, tr("Copy entry"), common::ButtonKind::Quiet))
{
    setObjectName(QStringLiteral("auditDetails"));
    setAccessibleName(tr("Details of the selected entry"));
    common::setSurface(*this, common::Surface::Plain);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(common::space::l, common::space::m, common::space::s, common::space::s);
    auto *titles = new QVBoxLayout;
    titles->setSpacing(2);
    titles->addWidget(m_title);
    titles->addWidget(m_subtitle);
    head->addLayout(titles, 1);
    auto *close = new Button(theme, Icon::Close, tr("Close the details (F6 goes back to the list)"));
    close->setKind(common::ButtonKind::Quiet);
    connect(close, &Button::clicked, this, &AuditDetailView::closeRequested);
    head->addWidget(close, 0, Qt::AlignTop);
    column->addLayout(head);

    common::setSurface(*m_facts, common::Surface::Plain);
    auto *scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(m_facts);
    column->addWidget(scroll, 1);

    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(common::space::l, common::space::s, common::space::l, common::space::s);
    m_toPartner->setGlyph(Icon::Link);
    connect(m_toPartner, &Button::clicked, this, [this] { Q_EMIT entryRequested(m_partner); });
    m_copy->setGlyph(Icon::Copy);
    connect(m_copy, &Button::clicked, this, &AuditDetailView::copyEntry);
    m_undo->setObjectName(QStringLiteral("auditUndo"));
    m_undo->setGlyph(Icon::Undo);
    m_undo->setToolTip(tr("Shows whether the deleted rows were kept, and puts them back if you want"));
    connect(m_undo, &Button::clicked, this, [this] { Q_EMIT undoRequested(m_entry.operation); });
    foot->addWidget(m_toPartner);
    foot->addWidget(m_undo);
    foot->addWidget(m_copy);
    foot->addStretch();
    column->addLayout(foot);
    clear();
}

void AuditDetailView::clear()
{
    m_title->setText(tr("No entry selected"));
    m_subtitle->setText(tr("Select an entry to see all of it."));
    m_facts->hide();
    m_toPartner->hide();
    m_undo->hide();
    m_copy->hide();
}

void AuditDetailView::display(const AuditEntry &entry, const AuditEntry *partner)
{
    m_entry = entry;
    m_partner = partner ? partner->seq : 0;
    const bool intent = entry.phase == Phase::Intent;
    m_title->setText(tr("Entry %1").arg(QLocale().toString(entry.seq)));
    const QString other = partner ? QLocale().toString(partner->seq) : QString();
    if (intent)
        m_subtitle->setText(partner ? tr("intent, outcome in %1").arg(other) : tr("intent, no outcome noted"));
    else
        m_subtitle->setText(partner ? tr("outcome of %1").arg(other) : tr("outcome"));
    // One word: three buttons stand side by side in a narrow pane.
    m_toPartner->setText(intent ? tr("Outcome") : tr("Intent"));
    m_toPartner->setAccessibleName(intent ? tr("Show the outcome") : tr("Show the intent"));
    m_toPartner->setToolTip(m_toPartner->accessibleName());
    m_toPartner->setVisible(partner != nullptr);
    m_undo->setVisible(!intent && entry.action == QLatin1String("sessions.revoke") &&
                       entry.counts.value(QLatin1String("revoked")).toInteger() > 0);
    m_copy->show();
    fill(entry);
    m_facts->show();
}

void AuditDetailView::fill(const AuditEntry &entry)
{
    qDeleteAll(m_facts->findChildren<QWidget *>(QString(), Qt::FindDirectChildrenOnly));
    delete m_facts->layout();
    auto *column = new QVBoxLayout(m_facts);
    column->setContentsMargins(common::space::l, common::space::xs, common::space::l, common::space::l);
    column->setSpacing(common::space::s);

    FactGrid facts(m_theme, *column);
    facts.add(tr("Act"), actText(entry), FontToken::Body, entry.action);
    facts.add(tr("Where"), entry.connection);
    facts.add(tr("Who"), actorText(entry.actor));
    facts.add(tr("When"), exactMoment(entry.at));
    facts.add(tr("Why"), entry.reason.isEmpty() ? tr("no reason given") : entry.reason);
    facts.add(tr("Plan"), shortHash(entry.planDigest), FontToken::Code, entry.planDigest);
    facts.add(tr("Operation"), entry.operation, FontToken::Code);
    facts.add(tr("Noted"), entry.note);
    if (!entry.counts.isEmpty() || entry.verification)
        fillOutcome(*column, entry);

    addHeading(m_theme, *column, tr("Chain"));
    FactGrid chain(m_theme, *column);
    chain.add(tr("Before"),
              entry.previousHash.isEmpty() ? tr("nothing: the first entry") : shortHash(entry.previousHash),
              entry.previousHash.isEmpty() ? FontToken::Body : FontToken::Code, entry.previousHash);
    chain.add(tr("This"), shortHash(entry.hash), FontToken::Code, entry.hash);
    chain.add(tr("Sealed by"), shortHash(entry.keyId), FontToken::Code, tr("First 16 digits of the key's SHA-256"));
    column->addStretch();
}

void AuditDetailView::fillOutcome(QVBoxLayout &column, const AuditEntry &entry)
{
    addHeading(m_theme, column, entry.phase == Phase::Intent ? tr("Planned") : tr("Outcome"));
    FactGrid grid(m_theme, column);
    grid.add(tr("Rows"), countTexts(entry).join(QLatin1Char('\n')));
    if (const auto proof = proofOf(entry)) {
        grid.addWidget(tr("Deployment"), new common::StateLabel(m_theme, proof->state, proof->words));
        const QJsonValue took = entry.verification->value(QStringLiteral("timeToEffectMs"));
        if (took.isDouble())
            grid.add(QString(), tr("%1 ms at most after the deletion").arg(QLocale().toString(took.toInteger())));
    } else if (entry.phase == Phase::Outcome) {
        grid.add(tr("Deployment"), tr("not asked"));
    }
}

void AuditDetailView::copyEntry()
{
    QGuiApplication::clipboard()->setText(
        QString::fromUtf8(QJsonDocument(m_entry.toJson()).toJson(QJsonDocument::Indented)));
}

} // namespace rollcall::audit
