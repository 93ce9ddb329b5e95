#include "ui/connect/ConnectionChanges.h"

#include <QMessageBox>
#include <QPushButton>

#include "core/workspace/ForgetConnection.h"
#include "ui/connect/GiveUpQuestion.h"

namespace rollcall::connect {

using workspace::ConnectionProfile;

ConnectionChanges::ConnectionChanges(const common::Theme &theme, ConnectionKeeper &keeper, QWidget &window)
    : m_theme(theme), m_keeper(keeper), m_window(window)
{
    connect(&keeper, &ConnectionKeeper::consentWanted, this, &ConnectionChanges::ask);
    connect(&keeper, &ConnectionKeeper::saveRefused, this, [this](quint64 number, const base::Error &error) {
        if (!isSaving(number))
            return;
        m_saving.reset();
        Q_EMIT saveRefused(error);
    });
    connect(&keeper, &ConnectionKeeper::saveEnded, this, [this](quint64 number) {
        if (!isSaving(number))
            return;
        const auto saved = std::exchange(m_saving, std::nullopt);
        Q_EMIT saveEnded(saved->profile, saved->secrets, saved->open);
    });
}

void ConnectionChanges::save(const ConnectionProfile &profile, const ConnectionKeeper::Secrets &secrets,
                             const QString &replaces, bool open)
{
    if (m_saving)
        return;
    m_saving = Saving{++m_saves, profile, secrets, replaces, open};
    m_keeper.save(m_saves, {profile, {}, replaces, {}}, secrets, {});
}

void ConnectionChanges::ask(quint64 number, const ConnectionProfile &old, const deployment::GivenUp &givenUp)
{
    if (!isSaving(number))
        return;
    QStringList told;
    if (givenUp.production)
        told << tr("Its database or cache is no longer held as production: what is done there need not be confirmed "
                   "by name.");
    if (givenUp.approval)
        told << tr("Revocations in its database no longer want a second person's approval.");
    if (givenUp.approvers)
        told << tr("Others may approve than those listed.");
    auto *question = new GiveUpQuestion(m_theme, old, tr("Save %1 and give up what protects it?").arg(old.name),
                                        told.join(QLatin1Char(' ')), tr("Save"), &m_window);
    connect(question, &QDialog::rejected, this, &ConnectionChanges::disregard);
    connect(question, &QDialog::accepted, this, [this, number, question, givenUp] {
        if (isSaving(number))
            m_keeper.save(number, {m_saving->profile, {}, m_saving->replaces, question->reason()}, m_saving->secrets,
                          givenUp);
    });
    question->open();
}

void ConnectionChanges::forget(const ConnectionProfile &profile)
{
    const QString title = tr("Forget %1?").arg(profile.name);
    const QString removed = tr("Its addresses and its secrets are removed from this machine. The deployment itself is "
                               "not touched.");
    if (workspace::isProtecting(profile)) {
        QStringList told{removed};
        if (profile.environment == workspace::Environment::Production)
            told << tr("It holds its database and cache as production: what is done there wants its name typed. That "
                       "is given up.");
        if (profile.needsApproval)
            told << tr("Revocations in its database want a second person's approval. That is given up, and so is who "
                       "may approve.");
        if (profile.maskPersonal)
            told << tr("Names and e-mails of its users are masked. That is given up.");
        auto *question =
            new GiveUpQuestion(m_theme, profile, title, told.join(QLatin1Char(' ')), tr("Forget"), &m_window);
        connect(question, &QDialog::accepted, this,
                [this, question, name = profile.name] { m_keeper.remove(name, question->reason()); });
        question->open();
        return;
    }
    auto *box = new QMessageBox(QMessageBox::Question, title, removed, QMessageBox::Cancel, &m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton *forget = box->addButton(tr("Forget"), QMessageBox::DestructiveRole);
    connect(forget, &QPushButton::clicked, this, [this, name = profile.name] { m_keeper.remove(name, {}); });
    box->open();
}

} // namespace rollcall::connect
