#include "ui/revoke/SavedPlanSheet.h"

#include <QClipboard>
#include <QDateTime>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QGuiApplication>
#include <QLocale>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/base/Fingerprint.h"
#include "ui/common/Button.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using common::NoteKind;

SavedPlanSheet::SavedPlanSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                               const QString &path)
    : common::Sheet(theme, origin), m_theme(theme), m_files(connection, this)
{
    setObjectName(QStringLiteral("savedPlanSheet"));
    setHeading(Icon::File, ColorToken::Accent, tr("A saved plan"), QDir::toNativeSeparators(path));
    setBody(new QWidget);
    makeFoot();
    connect(&m_files, &PlanFiles::found, this, &SavedPlanSheet::show);
    connect(&m_files, &PlanFiles::approved, this, &SavedPlanSheet::showApproved);
    connect(&m_files, &PlanFiles::failed, this, &SavedPlanSheet::showError);
    m_files.open(path);
}

Button *SavedPlanSheet::addButton(const QString &text, const char *objectName)
{
    auto *button = new Button(m_theme, text);
    button->setObjectName(QLatin1String(objectName));
    button->setLarge(true);
    addFootEnd(button);
    return button;
}

void SavedPlanSheet::makeFoot()
{
    clearFoot();
    Button *close = addButton(tr("Close"), "savedPlanClose");
    close->setKeyHint(tr("Esc"));
    connect(close, &Button::clicked, this, &SavedPlanSheet::dismiss);
    if (!m_found)
        return;
    m_approve = addButton(tr("Approve…"), "savedPlanApprove");
    m_approve->setGlyph(Icon::Seal);
    m_approve->setEnabled(!m_found->isOurs);
    m_approve->setToolTip(m_found->isOurs
                              ? tr("You made this plan: another person must approve it.")
                              : tr("Signs exactly this plan with your own key, in a file for its planner."));
    connect(m_approve, &Button::clicked, this, &SavedPlanSheet::chooseApproval);
    Button *carryOut = addButton(tr("Show the plan…"), "savedPlanCarryOut");
    carryOut->setKind(ButtonKind::Primary);
    carryOut->setEnabled(m_found->plan != nullptr);
    carryOut->setToolTip(m_found->whyNot ? base::describe(*m_found->whyNot).message
                                         : tr("Where it can be carried out, with an approval where one is wanted."));
    connect(carryOut, &Button::clicked, this, [this, plan = m_found->plan, summary = m_found->saved.summary] {
        dismiss();
        Q_EMIT planRequested(plan, summary);
    });
    if (m_found->plan)
        setExecute(carryOut);
    (m_found->plan ? carryOut : m_approve)->setFocus(Qt::OtherFocusReason);
}

QWidget *SavedPlanSheet::makeBody(const PlanSummary &summary)
{
    const QLocale locale;
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, common::space::l);
    column->setSpacing(common::space::m);
    const QString frozen = locale.toString(QDateTime::fromMSecsSinceEpoch(summary.frozenAt.time_since_epoch().count()),
                                           QLocale::ShortFormat);
    column->addWidget(new common::FigureStrip(m_theme, {{tr("Sessions"), locale.toString(summary.matched)},
                                                        {tr("Users"), locale.toString(summary.users)},
                                                        {tr("Frozen"), frozen}}));
    auto *inner = new QVBoxLayout;
    inner->setContentsMargins(20, 0, 20, 0);
    inner->setSpacing(common::space::m);
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(common::space::l);
    const auto line = [&](const QString &name, const QString &text, FontToken font = FontToken::Body) {
        auto *value = new Label(m_theme, text, font);
        value->setWordWrap(true);
        value->setSelectable();
        form->addRow(new Label(m_theme, name, FontToken::Body, ColorToken::Muted), value);
    };
    line(tr("Ends"), summary.selection);
    QStringList sample;
    for (const QString &fingerprint : summary.sample)
        sample << base::Fingerprint::fromText(fingerprint).grouped();
    if (summary.matched > sample.size())
        sample << QStringLiteral("…");
    line(tr("Among them"), sample.join(QStringLiteral(", ")), FontToken::Code);
    line(tr("Reason"), summary.reason.isEmpty() ? tr("none was given") : summary.reason);
    line(tr("Planned by"), summary.plannedBy);
    line(tr("Their key"), summary.planner, FontToken::Code);
    line(tr("Connection"), summary.connection);
    line(tr("Database"), summary.database);
    line(tr("Digest"), summary.digest, FontToken::Code);
    inner->addLayout(form);
    auto *statement = new common::CodeBlock(m_theme);
    statement->setAccessibleName(tr("The statement that deletes them"));
    statement->setText(summary.statement);
    inner->addWidget(statement);
    m_note = new common::Note(m_theme, NoteKind::Info, {}, {});
    inner->addWidget(m_note);
    column->addLayout(inner);
    return body;
}

void SavedPlanSheet::show(const FoundPlan &found)
{
    m_found = found;
    const PlanSummary &summary = found.saved.summary;
    setHeading(Icon::File, ColorToken::Accent,
               summary.matched == 1 ? tr("A saved plan to revoke 1 session")
                                    : tr("A saved plan to revoke %1 sessions").arg(QLocale().toString(summary.matched)),
               QDir::toNativeSeparators(found.path));
    setAside(tr("Plan %1").arg(summary.digest.first(8)));
    setBody(makeBody(summary));
    if (found.plan)
        m_note->setContent(NoteKind::Info, tr("You made this plan"),
                           tr("It touches exactly the sessions that were frozen. Another person can approve it."));
    else if (found.isOurs)
        m_note->setContent(NoteKind::Warn, tr("You made this plan, but it cannot be carried out here"),
                           base::describe(*found.whyNot).message);
    else if (!found.openInstead.isEmpty())
        m_note->setContent(NoteKind::Warn, tr("This connection names another database"),
                           tr("The plan is for %1; open here is %2.").arg(summary.database, found.openInstead));
    else
        m_note->setContent(NoteKind::Info, tr("Somebody else made this plan"),
                           tr("You can approve it with your own key. Only they can carry it out: the keys of its rows "
                              "are sealed."));
    makeFoot();
}

void SavedPlanSheet::showApproved(const QString &path, const QString &approver)
{
    m_note->setContent(
        NoteKind::Good, tr("Approved, in %1").arg(QFileInfo(path).fileName()),
        tr("Give its planner this file. It counts where their connection lists your key: %1").arg(approver));
    m_approve->setEnabled(false);
    m_approve->setToolTip(tr("It is approved."));
    auto *copy = new Button(m_theme, tr("Copy my key"), ButtonKind::Link);
    copy->setObjectName(QStringLiteral("copyApprover"));
    connect(copy, &Button::clicked, copy, [approver] { QGuiApplication::clipboard()->setText(approver); });
    m_note->addAction(copy);
}

void SavedPlanSheet::showError(const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    if (m_note) {
        m_note->setContent(NoteKind::Bad, text.message, text.remedy);
        return;
    }
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(20, common::space::m, 20, common::space::l);
    column->addWidget(new common::Note(m_theme, NoteKind::Bad, text.message, text.remedy));
    setBody(body);
}

void SavedPlanSheet::chooseApproval()
{
    auto *dialog = new QFileDialog(this, tr("Save the approval"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QStringLiteral("approval-%1.json").arg(m_found->saved.summary.digest.first(8)));
    connect(dialog, &QFileDialog::fileSelected, this, &SavedPlanSheet::approve);
    dialog->open();
}

void SavedPlanSheet::approve(const QString &path)
{
    if (m_found && !m_found->isOurs)
        m_files.approve(m_found->saved.summary, path);
}

} // namespace rollcall::revoke
