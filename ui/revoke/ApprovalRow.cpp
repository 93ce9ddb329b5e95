#include "ui/revoke/ApprovalRow.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/States.h"

namespace rollcall::revoke {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;

ApprovalRow::ApprovalRow(const common::Theme &theme, common::OpenConnection &connection,
                         std::shared_ptr<const RevocationPlan> plan, QWidget *parent)
    : QWidget(parent),
      m_connection(connection),
      m_plan(std::move(plan)),
      m_files(connection),
      m_state(new common::StateLabel(theme, common::State::Skipped)),
      m_words(new common::Label(theme, {}, FontToken::Status, ColorToken::Muted))
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(20, common::space::s, 20, 0);
    row->setSpacing(common::space::s);
    row->addWidget(m_state);
    m_words->setObjectName(QStringLiteral("approvalWords"));
    m_words->setWordWrap(true);
    row->addWidget(m_words, 1);
    auto *save = new Button(theme, tr("Save plan…"), common::ButtonKind::Quiet);
    save->setObjectName(QStringLiteral("planSave"));
    save->setGlyph(Icon::Export);
    save->setToolTip(tr("For another person to approve, or to carry out later. Row keys are sealed in the file."));
    connect(save, &Button::clicked, this, &ApprovalRow::chooseSave);
    row->addWidget(save);
    auto *take = new Button(theme, tr("Use an approval…"), common::ButtonKind::Quiet);
    take->setObjectName(QStringLiteral("planApproval"));
    take->setGlyph(Icon::Import);
    take->setToolTip(tr("A second person's approval of exactly this plan."));
    connect(take, &Button::clicked, this, &ApprovalRow::chooseApproval);
    row->addWidget(take);
    connect(&m_files, &PlanFiles::written, this, [this](const QString &path) {
        say(tr("Saved as %1").arg(QDir::toNativeSeparators(path)), ColorToken::Muted);
    });
    connect(&m_files, &PlanFiles::accepted, this, [this](const Approval &approval) {
        m_approval = approval;
        display();
        Q_EMIT changed();
    });
    connect(&m_files, &PlanFiles::failed, this, [this](const base::Error &error) {
        const base::ErrorText text = base::describe(error);
        say(text.message + QLatin1Char(' ') + text.remedy, ColorToken::Bad);
    });
    display();
}

QString ApprovalRow::obstacle() const
{
    return checkApproved(*m_plan, m_approval, m_connection.deployment())
               ? QString()
               : tr("A second person's approval is missing: save the plan for them.");
}

void ApprovalRow::display()
{
    const bool isWanted = m_connection.profile().needsApproval;
    if (m_approval) {
        m_state->setState(common::State::Ok, tr("Approved"));
        say(tr("by %1").arg(m_approval->approver()), ColorToken::Muted);
    } else {
        m_state->setState(isWanted ? common::State::Warning : common::State::Skipped,
                          isWanted ? tr("Approval missing") : tr("No approval"));
        say(isWanted ? tr("This connection wants a second person's.") : tr("None is wanted here."), ColorToken::Muted);
    }
}

void ApprovalRow::say(const QString &words, ColorToken tint)
{
    m_words->setTint(tint);
    m_words->setText(words);
}

void ApprovalRow::chooseSave()
{
    auto *dialog = new QFileDialog(this, tr("Save the plan"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QStringLiteral("plan-%1.json").arg(m_plan->digest.first(8)));
    connect(dialog, &QFileDialog::fileSelected, this, &ApprovalRow::save);
    dialog->open();
}

void ApprovalRow::chooseApproval()
{
    auto *dialog = new QFileDialog(this, tr("The approval of this plan"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &ApprovalRow::take);
    dialog->open();
}

void ApprovalRow::save(const QString &path)
{
    m_files.save(m_plan, m_reason, path);
}

void ApprovalRow::take(const QString &path)
{
    m_files.accept(m_plan, m_saved, path);
}

} // namespace rollcall::revoke
