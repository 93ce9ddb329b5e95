#include "ui/revoke/ResultView.h"

#include <QDateTime>
#include <QGridLayout>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/States.h"
#include "ui/revoke/ActEnds.h"
#include "ui/revoke/DoneLog.h"
#include "ui/revoke/ProofLanes.h"

namespace rollcall::revoke {

using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;

namespace {

constexpr int tableRows = 50;

QString ofAll(qint64 whole)
{
    return ResultView::tr("of %1").arg(QLocale().toString(whole));
}

/// How a row's own outcome is shown, and in which words where the state's own do not fit.
std::pair<common::State, QString> rowState(RowOutcome outcome)
{
    switch (outcome) {
    case RowOutcome::Revoked:
        return {common::State::Revoked, {}};
    case RowOutcome::AlreadyGone:
        return {common::State::Skipped, ResultView::tr("Already gone")};
    case RowOutcome::Changed:
        return {common::State::Warning, ResultView::tr("Skipped: its user changed")};
    case RowOutcome::Failed:
        return {common::State::Failed, ResultView::tr("Not revoked")};
    case RowOutcome::Unknown:
        return {common::State::Unknown, ResultView::tr("Not known")};
    case RowOutcome::NotTried:
        return {common::State::NotReached, ResultView::tr("Not tried")};
    }
    return {common::State::Unknown, {}};
}

std::pair<common::State, QString> proofState(ProofOutcome proof)
{
    switch (proof) {
    case ProofOutcome::NotAsked:
        return {common::State::Skipped, ResultView::tr("Not asked")};
    case ProofOutcome::Refused:
        return {common::State::VerifiedRefused, {}};
    case ProofOutcome::StillAccepted:
        return {common::State::StillAccepted, {}};
    case ProofOutcome::Unchecked:
        return {common::State::Warning, ResultView::tr("Could not be checked")};
    }
    return {common::State::Unknown, {}};
}

/// What a refused sample says of those that were not asked about.
QString sampleText(const VerificationReport &proof)
{
    if (!proof.mostStillAccepted)
        return ResultView::tr("Chosen at random. Of the others nothing is known.");
    return ResultView::tr("Chosen at random: with 95 % confidence at most %1 % of all are still accepted.")
        .arg(QLocale().toString(*proof.mostStillAccepted * 100.0, 'g', 2));
}

QString untilText(base::Instant until)
{
    return ResultView::tr("By its own word they end on %1.")
        .arg(
            QLocale().toString(QDateTime::fromMSecsSinceEpoch(until.time_since_epoch().count()), QLocale::ShortFormat));
}

/// That a refusal may be another deployment's, where nothing showed that it is not; empty where that was shown.
QString withoutControl(const VerificationReport &proof)
{
    if (proof.whyNoControl.isEmpty())
        return {};
    return QLatin1Char(' ') + ResultView::tr("Whether it is the deployment of this database was not shown by a live "
                                             "session first: %1.")
                                  .arg(proof.whyNoControl);
}

} // namespace

ResultHeadline headlineOf(const RevocationReport &report)
{
    ResultHeadline head;
    const auto &proof = report.verification;
    if (isPaused(report.error, report.resumable)) {
        head.title = ResultView::tr("Paused after %1 of %2").arg(report.revoked).arg(report.matched);
        head.subtitle = ResultView::tr(
            "It stands in Activity, below the page, and can be gone on with there. What was done stays.");
        return head;
    }
    if (report.error) {
        const base::ErrorText text = base::describe(*report.error);
        head.title = ResultView::tr("Stopped after %1 of %2").arg(report.revoked).arg(report.matched);
        head.subtitle = text.message + QLatin1Char(' ') + text.remedy;
        return head;
    }
    if (proof && proof->stillAccepted > 0) {
        head.title =
            ResultView::tr("%1 of %2 still accepted by the deployment").arg(proof->stillAccepted).arg(proof->checked);
        head.subtitle =
            report.stillHeld() > 0
                ? report.notEnded().join(QLatin1Char(' '))
                : ResultView::tr("The rows are gone, but the deployment went on accepting these cookies: something "
                                 "caches sessions there.");
        if (proof->acceptedUntil)
            head.subtitle += QLatin1Char(' ') + untilText(*proof->acceptedUntil);
        return head;
    }
    if (proof && proof->unchecked > 0) {
        head.title = ResultView::tr("%1 revoked, %2 could not be checked").arg(report.revoked).arg(proof->unchecked);
        head.subtitle = ResultView::tr("Why: %1. The rows stay deleted.").arg(proof->because());
        return head;
    }
    if (const QStringList alive = report.notEnded(); !alive.isEmpty()) {
        head.title = ResultView::tr("%1 of %2 revoked, but not all have ended").arg(report.revoked).arg(report.matched);
        head.subtitle = alive.join(QLatin1Char(' '));
        return head;
    }
    head.good = report.skipped == 0;
    if (proof && proof->checked > 0) {
        head.proven = proof->whyNoControl.isEmpty();
        head.title = ResultView::tr("%1 of %2 refused by the deployment").arg(proof->refused).arg(proof->checked);
        if (proof->sampledOf) {
            head.title = ResultView::tr("A sample of %1 refused, of %2 revoked")
                             .arg(QLocale().toString(proof->checked), QLocale().toString(*proof->sampledOf));
            head.subtitle = sampleText(*proof) + withoutControl(*proof);
            return head;
        }
        head.subtitle =
            proof->timeToEffect
                ? ResultView::tr(
                      "%1 ms at most after the rows were deleted. The deployment itself was asked, with the revoked "
                      "cookies.")
                      .arg(proof->timeToEffect->count())
                : QString();
        head.subtitle += withoutControl(*proof);
        return head;
    }
    head.title = ResultView::tr("%1 of %2 revoked").arg(report.revoked).arg(report.matched);
    head.subtitle = ResultView::tr("The rows are deleted. Whether the deployment refuses them was not asked.");
    return head;
}

ResultView::ResultView(const common::Theme &theme, const RevocationReport &report, QWidget *aside, QWidget *parent)
    : QWidget(parent), m_theme(theme)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, common::space::m);
    column->setSpacing(common::space::m);
    column->addWidget(figures(report));
    auto *inner = new QVBoxLayout;
    inner->setContentsMargins(20, 0, 20, 0);
    inner->setSpacing(common::space::m);
    if (aside)
        inner->addWidget(aside);
    if (report.verification && report.verification->checked > 0) {
        inner->addWidget(new Label(theme, tr("Proof, session by session"), FontToken::Caption, ColorToken::Muted));
        inner->addWidget(new ProofLanes(theme, report));
    }
    inner->addWidget(rows(report));
    inner->addWidget(new DoneLog(theme, report.log));
    column->addLayout(inner);
}

QWidget *ResultView::figures(const RevocationReport &report) const
{
    QList<common::Figure::Content> figures{{tr("Revoked"), QLocale().toString(report.revoked), ofAll(report.matched)},
                                           {tr("Skipped"), QLocale().toString(report.skipped)},
                                           {tr("Cached copies dropped"), QLocale().toString(report.cachePurged),
                                            report.cacheError ? tr("cache not told") : QString(),
                                            report.cacheError ? ColorToken::Warn : ColorToken::Text}};
    if (report.verification) {
        const auto &proof = *report.verification;
        const bool all = proof.stillAccepted == 0 && proof.unchecked == 0;
        figures << common::Figure::Content{tr("Verified refused"), QLocale().toString(proof.refused),
                                           ofAll(proof.checked + proof.unchecked),
                                           all ? ColorToken::Good : ColorToken::Warn};
    } else {
        figures << common::Figure::Content{tr("Verified refused"), QStringLiteral("–"), tr("not asked")};
    }
    figures << common::Figure::Content{tr("Took"), common::durationText(report.took)};
    return new common::FigureStrip(m_theme, figures);
}

QWidget *ResultView::rows(const RevocationReport &report) const
{
    auto *box = new QWidget;
    auto *grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(common::space::l);
    grid->setVerticalSpacing(6);
    int column = 0;
    for (const QString &head :
         {tr("Fingerprint"), tr("Row"), tr("Cached copy"), tr("Deployment"), tr("After"), tr("Answer")})
        grid->addWidget(new Label(m_theme, head, FontToken::Caption, ColorToken::Muted), 0, column++);
    const auto state = [&](const std::pair<common::State, QString> &what, int line, int at) {
        grid->addWidget(new common::StateLabel(m_theme, what.first, what.second), line, at);
    };
    // Problems come first: whoever reads one line only reads the one that matters.
    std::vector<const RowReport *> ordered;
    for (const RowReport &row : report.rows)
        ordered.push_back(&row);
    std::ranges::stable_sort(ordered, {}, [](const RowReport *row) {
        return row->outcome == RowOutcome::Revoked && !row->stillHeld && row->proof != ProofOutcome::StillAccepted &&
               row->proof != ProofOutcome::Unchecked;
    });
    int line = 1;
    for (const RowReport *row : ordered) {
        if (line > tableRows)
            break;
        grid->addWidget(new Label(m_theme, row->fingerprint.grouped(), FontToken::Code), line, 0);
        state(row->stillHeld ? std::pair(common::State::Warning, tr("Another row holds its token"))
                             : rowState(row->outcome),
              line, 1);
        const QString cached = row->cachePurged ? tr("dropped") : report.cacheError ? tr("not known") : tr("none");
        grid->addWidget(new Label(m_theme, cached, FontToken::Body, ColorToken::Muted), line, 2);
        state(proofState(row->proof), line, 3);
        grid->addWidget(
            new Label(m_theme, row->refusedAfter ? tr("%1 ms").arg(row->refusedAfter->count()) : QStringLiteral("–")),
            line, 4);
        auto *answer = new Label(m_theme, row->answer, FontToken::Code);
        if (row->acceptedUntil)
            answer->setToolTip(untilText(*row->acceptedUntil));
        grid->addWidget(answer, line, 5);
        ++line;
    }
    grid->setColumnStretch(3, 1);
    if (const auto more = static_cast<int>(ordered.size()) - tableRows; more > 0) {
        grid->addWidget(new Label(m_theme, tr("and %1 more; all stand in the audit counts").arg(more),
                                  FontToken::Status, ColorToken::Muted),
                        line, 0, 1, 6);
    }
    return box;
}

} // namespace rollcall::revoke
