#include <QtTest>

#include "ui/revoke/ResultView.h"

using namespace rollcall;
using revoke::RevocationReport;

/// What the outcome of a revocation says first: never more than was proven.
class ResultViewTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void says_data();
    void says();
};

void ResultViewTest::says_data()
{
    QTest::addColumn<RevocationReport>("report");
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("subtitle"); // a part of it
    QTest::addColumn<bool>("good");
    QTest::addColumn<bool>("proven");
    RevocationReport report;
    report.matched = 12;
    report.revoked = 12;
    const auto row = [&report](const char *name, const char *title, const char *subtitle, bool good, bool proven) {
        QTest::newRow(name) << report << QString::fromLatin1(title) << QString::fromLatin1(subtitle) << good << proven;
    };
    row("not asked", "12 of 12 revoked", "was not asked", true, false);
    report.verification = revoke::VerificationReport{12, 12, 0, 0, {}, {}, std::chrono::milliseconds(41), {}};
    row("proven", "12 of 12 refused by the deployment", "41 ms at most", true, true);
    report.verification = revoke::VerificationReport{12, 10, 2, 0, {}, {}, {}, {}};
    row("still accepted", "2 of 12 still accepted by the deployment", "caches sessions", false, false);
    report.verification =
        revoke::VerificationReport{9, 9, 0, 3, {}, {}, {}, {}, {{QStringLiteral("proxy-timeout"), 3}}};
    row("not all could be checked", "12 revoked, 3 could not be checked", "Why: proxy-timeout.", false, false);
    report.matched = report.revoked = 50'000;
    report.verification = revoke::VerificationReport{1'000, 1'000, 0, 0, 50'000, 0.003, {}, {}};
    row("a sample", "A sample of 1,000 refused, of 50,000 revoked", "at most 0.3 % of all", true, true);
    report.verification->mostStillAccepted.reset();
    row("a sample without a bound", "A sample of 1,000 refused, of 50,000 revoked", "nothing is known", true, true);
    report.verification->whyNoControl = QStringLiteral("none was wanted");
    row("a sample without a control", "A sample of 1,000 refused, of 50,000 revoked",
        "was not shown by a live session first: none was wanted", true, false);
    report = {};
    report.matched = 40;
    report.revoked = 10;
    report.resumable = true;
    report.error = base::Error(base::ErrorCode::Cancelled);
    row("paused", "Paused after 10 of 40", "can be gone on with", false, false);
    report.resumable = false;
    row("stopped", "Stopped after 10 of 40", "", false, false);
    report = {};
    report.matched = 2;
    report.revoked = 1;
    report.skipped = 1;
    revoke::RowReport other;
    other.fingerprint = base::Fingerprint::of("other");
    other.outcome = revoke::RowOutcome::AlreadyGone;
    report.rows = {other};
    row("one was gone", "1 of 2 revoked", "was not asked", false, false);
    report.rows.front().outcome = revoke::RowOutcome::Changed;
    row("one is another's", "1 of 2 revoked, but not all have ended", "has become another user's", false, false);
    report.verification = revoke::VerificationReport{1, 1, 0, 0, {}, {}, std::chrono::milliseconds(41), {}};
    row("one is another's, the other proven", "1 of 2 revoked, but not all have ended", "1 row was left alone", false,
        false);
    report.rows.front().outcome = revoke::RowOutcome::Revoked;
    report.rows.front().stillHeld = true;
    report.verification = revoke::VerificationReport{1, 0, 1, 0, {}, {}, {}, {}};
    row("another row holds its token", "1 of 1 still accepted by the deployment", "another row holds its token too",
        false, false);
}

void ResultViewTest::says()
{
    QFETCH(RevocationReport, report);
    QFETCH(QString, subtitle);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    const revoke::ResultHeadline head = revoke::headlineOf(report);
    QTEST(head.title, "title");
    QVERIFY2(head.subtitle.contains(subtitle), qPrintable(head.subtitle));
    QTEST(head.good, "good");
    QTEST(head.proven, "proven");
}

QTEST_MAIN(ResultViewTest)
#include "tst_ResultView.moc"
