#include "ui/revoke/PurgeSheet.h"

#include <QLocale>
#include <QSet>
#include <QVBoxLayout>

#include "core/base/ErrorText.h"
#include "core/revoke/CopyRules.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/revoke/ActOnWorker.h"
#include "ui/revoke/ConsentFields.h"
#include "ui/revoke/StepList.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr std::size_t shownKeys = 3;
constexpr std::chrono::minutes longestPurge{5};

QString copiesText(qint64 count)
{
    return count == 1 ? PurgeSheet::tr("1 cached copy")
                      : PurgeSheet::tr("%1 cached copies").arg(QLocale().toString(count));
}

std::vector<CachedCopy> chosenOf(const common::PurgeRequest &request)
{
    std::vector<CachedCopy> copies;
    copies.reserve(request.chosen.size());
    for (const std::size_t place : request.chosen)
        copies.push_back(request.looked->copies[place].clone());
    return copies;
}

common::ActEnd endOf(const base::Result<PurgeReport> &report)
{
    if (!report)
        return {{}, base::describe(report.error()).message, false, false, nullptr};
    const QLocale locale;
    return {report->auditId,
            PurgeSheet::tr("%1 of %2 cached copies removed")
                .arg(locale.toString(report->purged), locale.toString(report->wanted)),
            !report->error, false, nullptr};
}

} // namespace

PurgeSheet::PurgeSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                       common::PurgeRequest request)
    : ActSheet(theme, origin, connection), m_request(std::move(request))
{
    setObjectName(QStringLiteral("purgeSheet"));
    const QString why = whyNotCopies(connection.deployment().config(), m_request.wholesale);
    if (why.isEmpty())
        showPlan();
    else
        showRefusal(why);
}

void PurgeSheet::showRefusal(const QString &why)
{
    setHeading(Icon::Warn, ColorToken::Warn, tr("These may be the sessions themselves"));
    QVBoxLayout *column = paddedColumn();
    column->addWidget(new common::Note(
        theme(), common::NoteKind::Warn, tr("Nothing is removed on a mere look"),
        base::describe(base::Error(base::ErrorCode::WriteRefused).with(base::ErrorParam::Detail, why)).message));
    setBody(column->parentWidget());
    Button *close = addLeave(tr("Close"));
    close->setObjectName(QStringLiteral("actClose"));
}

void PurgeSheet::showPlan()
{
    const auto count = static_cast<qint64>(m_request.chosen.size());
    setHeading(Icon::Prune, ColorToken::Bad, tr("Purge %1").arg(copiesText(count)), m_request.what);
    setBody(planBody());
    askConsent(tr("Cancel"),
               {tr("Purge %1").arg(copiesText(count)), "purgeExecute", ButtonKind::Danger, [this] { carryOut(); }});
    focusConsent(m_consent->firstField());
}

QWidget *PurgeSheet::planBody()
{
    const auto count = static_cast<qint64>(m_request.chosen.size());
    QSet<QString> users;
    QStringList keys;
    for (const std::size_t place : m_request.chosen) {
        const CachedCopy &copy = m_request.looked->copies[place];
        if (copy.userId || copy.email)
            users << copy.userId.value_or(copy.email.value_or(QString()));
        if (static_cast<std::size_t>(keys.size()) < shownKeys)
            keys << QStringLiteral("DEL ‹%1›  -- %2").arg(copy.fingerprint.grouped().first(9), copy.pattern);
    }
    if (m_request.chosen.size() > shownKeys)
        keys << tr("… and %1 more").arg(QLocale().toString(count - static_cast<qint64>(shownKeys)));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(new common::FigureStrip(
        theme(), {{tr("Cached copies"), QLocale().toString(count)},
                  {tr("Users"), QLocale().toString(qint64(users.size())), tr("as far as the copies say")},
                  {tr("Rows touched"), tr("none")}}));
    auto *middle = new QVBoxLayout;
    middle->setContentsMargins(20, common::space::m, 20, common::space::m);
    middle->setSpacing(common::space::m);
    middle->addWidget(new Label(theme(), tr("What happens, in this order"), FontToken::Caption, ColorToken::Muted));
    auto *steps = new StepList(theme());
    steps->addStep(tr("Write the intent to the audit log"), tr("flushed to disk before anything else happens"));
    steps->addStep(tr("Remove exactly these keys"), tr("fingerprints stand for keys, which may hold tokens"),
                   keys.join(QLatin1Char('\n')));
    steps->addStep(tr("Write the outcome to the audit log"));
    middle->addWidget(steps);
    middle->addWidget(consequence());
    column->addLayout(middle);
    m_consent = new ConsentFields(theme(), connection().profile(), count);
    m_consent->lendReason(connection());
    connect(m_consent, &ConsentFields::changed, this, &PurgeSheet::updateConsent);
    column->addWidget(m_consent);
    return body;
}

common::Note *PurgeSheet::consequence() const
{
    // Keys that must not go wholesale may be more than copies: one by one they may go, but not as if nothing were lost.
    if (!whyNotCopies(connection().deployment().config(), true).isEmpty())
        return new common::Note(theme(), common::NoteKind::Warn, tr("These may be the sessions themselves"),
                                tr("Their holders may be signed out; there is no undo."));
    return new common::Note(theme(), common::NoteKind::Info, tr("Nobody is signed out by this"),
                            tr("A copy whose session is live is made again when it is next asked for. There is nothing "
                               "to undo."));
}

QString PurgeSheet::missing() const
{
    return m_consent ? m_consent->obstacle() : QString();
}

void PurgeSheet::carryOut()
{
    const QString reason = m_consent->reason();
    connection().noteReason(reason);
    const auto count = static_cast<qint64>(m_request.chosen.size());
    // Shared, because a std::function must be copyable and copies are not: their keys may be tokens.
    const auto copies = std::make_shared<const std::vector<CachedCopy>>(chosenOf(m_request));
    common::Activity &activity = actWithoutStore<PurgeReport>(
        connection(), {QStringLiteral("purge"), tr("Purge %1").arg(copiesText(count)), {}, {}, count}, this,
        [copies, reason, deployment = connection().shared(),
         &log = connection().auditLog()](const base::Call &call, const OnProgress &onProgress) {
            onProgress({0, std::ssize(*copies), PurgeSheet::tr("Removing the keys")});
            return purgeOnRecord(deployment->config(), *copies, true, reason, log, call.atMost(longestPurge));
        },
        endOf, [this](const base::Result<PurgeReport> &report) { showResult(report); });
    if (!activity.isEnded()) {
        m_consent = nullptr;
        showProgress(activity, tr("Copies removed"));
    }
}

void PurgeSheet::showResult(const base::Result<PurgeReport> &report)
{
    m_consent = nullptr;
    endAct();
    if (!report) {
        setHeading(Icon::Fail, ColorToken::Bad, tr("Nothing was removed"));
        showError(report.error(), [this] { showPlan(); });
        return;
    }
    const bool whole = !report->error;
    setHeading(whole ? Icon::Ok : Icon::Warn, whole ? ColorToken::Good : ColorToken::Warn, endOf(report).words);
    QVBoxLayout *column = paddedColumn();
    if (report->error) {
        addTrouble(*column, *report->error, false);
    } else {
        column->addWidget(new common::Note(
            theme(), common::NoteKind::Good, tr("They are gone from the cache"),
            report->purged == report->wanted ? QString() : tr("The others had gone by themselves meanwhile.")));
    }
    setBody(column->parentWidget());
    showWaysOut("purgeDone");
    Q_EMIT finished(report->auditId);
}

} // namespace rollcall::revoke
