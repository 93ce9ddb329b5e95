#include <QtTest>

#include <QJsonDocument>

#include <sys/wait.h>
#include <unistd.h>

#include "RevocationSteps.h"
#include "RevokeFixture.h"
#include "core/base/ErrorText.h"
#include "core/revoke/RefusalVerifier.h"

using namespace rollcall;
using namespace rollcall::revoke;
using base::Error;
using base::ErrorCode;
using test::options;
using test::RevokeFixture;

class RevokerTest final : public QObject
{
    Q_OBJECT

private:
    static QList<int> outcomes(const RevocationReport &report)
    {
        QList<int> list;
        for (const RowReport &row : report.rows)
            list << int(row.outcome);
        return list;
    }
    static QList<int> expected(std::initializer_list<RowOutcome> list)
    {
        QList<int> numbers;
        for (const RowOutcome outcome : list)
            numbers << int(outcome);
        return numbers;
    }

private Q_SLOTS:
    void revokesExactlyThePlanAndProvesIt()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(3);
        QCOMPARE(plan.users, 3);
        QVERIFY(!plan.statement.contains(u"7f3c1a52"));
        const auto report = fixture.carryOut(plan, options(true));
        QVERIFY(report);
        QVERIFY(!report->error);
        QCOMPARE(report->matched, 3);
        QCOMPARE(report->revoked, 3);
        QCOMPARE(report->skipped, 0);
        QCOMPARE(report->batches, 1);
        QCOMPARE(report->verification->checked, 3);
        QCOMPARE(report->verification->refused, 3);
        QVERIFY(report->verification->timeToEffect);
        QVERIFY(report->rows.front().refusedAfter);
        QCOMPARE(report->rows.front().answer, QStringLiteral("200 null"));
        QCOMPARE(fixture.rows(), 2);
        QCOMPARE(fixture.rowsOf(4), 1);
        QVERIFY2(fixture.askedWhileLive == 0, "a live user's cookie was sent");

        const auto entries = fixture.audited();
        QCOMPARE(entries.size(), size_t(2));
        QCOMPARE(entries[0].phase, audit::Phase::Intent);
        QCOMPARE(entries[1].phase, audit::Phase::Outcome);
        for (const auto &entry : entries) {
            QCOMPARE(entry.operation, report->auditId);
            QCOMPARE(entry.reason, QStringLiteral("stolen laptop"));
            QCOMPARE(entry.planDigest, plan.digest);
            QCOMPARE(entry.connection, QStringLiteral("shop"));
            QVERIFY(!entry.toLine().contains("7f3c1a52"));
        }
        QCOMPARE(entries[1].counts.value(u"revoked").toInteger(), 3);
        QCOMPARE(entries[1].verification->value(u"refused").toInteger(), 3);
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    void whereTheAuditLogCannotBeWrittenNothingIsDeleted()
    {
        RevokeFixture fixture;
        QFile blocker(fixture.folder.filePath(QStringLiteral("audit")));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        const auto report = fixture.carryOut(fixture.plan(2), options(true));
        QVERIFY(!report);
        QCOMPARE(report.error().code, ErrorCode::AuditUnwritable);
        QCOMPARE(fixture.rows(), 5);
        QVERIFY(fixture.fake->tokensAsked().isEmpty());
    }

    void withoutAKeyStoreNothingIsDeleted()
    {
        RevokeFixture fixture;
        fixture.log =
            std::make_unique<audit::AuditLog>(fixture.folder.filePath(QStringLiteral("audit")), nullptr, fixture.clock);
        QCOMPARE(fixture.carryOut(fixture.plan(2), options(false)).error().code, ErrorCode::NoKeyStore);
        QCOMPARE(fixture.rows(), 5);
    }

    void aFailureInTheSecondBatchIsReportedTruthfully()
    {
        RevokeFixture fixture;
        fixture.store->beforeDelete = [](int number) {
            return number == 2 ? std::optional(Error(ErrorCode::StatementFailed)) : std::nullopt;
        };
        const auto report = fixture.carryOut(fixture.plan(5), options(true, 2));
        QVERIFY(report);
        QCOMPARE(report->error->code, ErrorCode::StatementFailed);
        QCOMPARE(report->revoked, 2);
        QCOMPARE(report->batches, 2);
        QCOMPARE(outcomes(*report), expected({RowOutcome::Revoked, RowOutcome::Revoked, RowOutcome::Failed,
                                              RowOutcome::Failed, RowOutcome::NotTried}));
        QCOMPARE(report->verification->refused, 2);
        QCOMPARE(fixture.rows(), 3);
        QVERIFY2(fixture.askedWhileLive == 0, "a live user's cookie was sent");
        const auto outcome = fixture.audited().back();
        QCOMPARE(outcome.phase, audit::Phase::Outcome);
        QCOMPARE(outcome.counts.value(u"error").toString(), QStringLiteral("StatementFailed"));
        QCOMPARE(outcome.counts.value(u"failed").toInteger(), 2);
        QCOMPARE(outcome.counts.value(u"notTried").toInteger(), 1);
    }

    void replicasThatFallBehindAreWaitedFor()
    {
        RevokeFixture fixture;
        int asked = 0;
        fixture.store->lag = [&asked] { return std::optional(std::chrono::milliseconds(++asked < 3 ? 5'000 : 10)); };
        int asksBeforeTheFirstRow = 0;
        std::vector<std::size_t> sizes;
        fixture.store->beforeDeleteOf = [&](std::span<const store::RowKey> keys) -> std::optional<Error> {
            if (sizes.empty())
                asksBeforeTheFirstRow = asked;
            sizes.push_back(keys.size());
            return std::nullopt;
        };
        const auto report = fixture.carryOut(fixture.plan(5), options(false, 4));
        QVERIFY(report && !report->error);
        QCOMPARE(report->revoked, 5);
        QCOMPARE(asksBeforeTheFirstRow, 3);
        QVERIFY2(report->took >= std::chrono::milliseconds(450), "it went on while a replica was behind");
        QVERIFY2(sizes.front() == 2, "batches are as large as they were");
    }

    void cancelWhileReplicasAreWaitedForTouchesNothing()
    {
        RevokeFixture fixture;
        fixture.store->lag = [&fixture] {
            fixture.stop.request_stop();
            return std::optional(std::chrono::milliseconds(5'000));
        };
        const auto report = fixture.carryOut(fixture.plan(5), options(false, 2));
        QVERIFY(report && report->error);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QCOMPARE(report->batches, 0);
        QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("failed")).toInt(-1), 0);
        QCOMPARE(fixture.audited().back().counts.value(QStringLiteral("notTried")).toInt(-1), 5);
        QCOMPARE(fixture.rows(), 5);
    }

    void aPauseIsHeardWhileReplicasAreWaitedFor()
    {
        RevokeFixture fixture;
        int asked = 0;
        fixture.store->lag = [&] {
            if (++asked == 2 && !pauseOperation(fixture.place().folder, fixture.operations().front().head.id))
                qWarning("not paused");
            return std::optional(std::chrono::milliseconds(5'000));
        };
        std::vector<QString> steps;
        fixture.onProgress = [&steps](const RevocationProgress &progress) { steps.push_back(progress.step); };
        const auto report = fixture.carryOut(fixture.plan(5), options(false, 2));
        QVERIFY(report && report->error);
        QVERIFY(report->resumable);
        QCOMPARE(report->batches, 0);
        QVERIFY2(asked <= 3, "it waited on");
        QVERIFY2(std::ranges::count(steps, QStringLiteral("Waiting for a replica")) == 1, "nobody was told why");
    }

    void aLinkThatBreaksDuringTheCommitIsResolvedOverANewOne_data()
    {
        QTest::addColumn<bool>("committed");
        QTest::newRow("it was committed") << true;
        QTest::newRow("it was not") << false;
    }
    void aLinkThatBreaksDuringTheCommitIsResolvedOverANewOne()
    {
        QFETCH(bool, committed);
        RevokeFixture fixture;
        const auto lost = [](int) { return std::optional(Error(ErrorCode::ConnectionLost)); };
        (committed ? fixture.store->afterCommit : fixture.store->beforeDelete) = lost;
        const auto report = fixture.carryOut(fixture.plan(2), options(false));
        QVERIFY(report);
        QCOMPARE(report->error->code, ErrorCode::ConnectionLost);
        QCOMPARE(report->revoked, committed ? 2 : 0);
        QCOMPARE(report->rows.front().outcome, committed ? RowOutcome::Revoked : RowOutcome::Failed);
        QCOMPARE(fixture.rows(), committed ? 3 : 5);
    }

    void whatCannotBeReadAgainIsUnknown()
    {
        RevokeFixture fixture;
        fixture.store->afterCommit = [&](int) {
            QFile::rename(fixture.folder.filePath(QStringLiteral("auth.db")),
                          fixture.folder.filePath(QStringLiteral("away.db")));
            return std::optional(Error(ErrorCode::ConnectionLost));
        };
        const auto report = fixture.carryOut(fixture.plan(1), options(false));
        QVERIFY(report);
        QCOMPARE(report->rows.front().outcome, RowOutcome::Unknown);
        QCOMPARE(report->revoked, 0);
        QCOMPARE(fixture.audited().back().counts.value(u"unknown").toInteger(), 1);
    }

    void cancelStopsAtABatchBorder()
    {
        RevokeFixture fixture;
        fixture.onProgress = [&](const RevocationProgress &progress) {
            if (progress.done == 2)
                fixture.stop.request_stop();
        };
        const auto report = fixture.carryOut(fixture.plan(5), options(true, 2));
        QVERIFY(report);
        QCOMPARE(report->error->code, ErrorCode::Cancelled);
        QCOMPARE(report->revoked, 2);
        QCOMPARE(fixture.rows(), 3);
        QCOMPARE(outcomes(*report), expected({RowOutcome::Revoked, RowOutcome::Revoked, RowOutcome::NotTried,
                                              RowOutcome::NotTried, RowOutcome::NotTried}));
        QCOMPARE(report->verification->unchecked, 2);
        QCOMPARE(fixture.audited().size(), size_t(2));
        QCOMPARE(fixture.audited().back().counts.value(u"error").toString(), QStringLiteral("Cancelled"));
    }

    void killedBeforeTheDeleteOnlyTheIntentIsThere()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(3);
        const pid_t child = fork();
        QVERIFY(child >= 0);
        if (child == 0) {
            fixture.store->beforeDelete = [](int) -> std::optional<Error> { _exit(9); };
            static_cast<void>(fixture.carryOut(plan, options(false)));
            _exit(1);
        }
        int status = 0;
        QCOMPARE(waitpid(child, &status, 0), child);
        QCOMPARE(WEXITSTATUS(status), 9);
        QCOMPARE(fixture.rows(), 5);
        QCOMPARE(fixture.audited().size(), size_t(1));
        QCOMPARE(fixture.audited().front().phase, audit::Phase::Intent);
        QVERIFY(fixture.log->verify(fixture.call())->ok);
    }

    void rowsThatAreGoneOrChangedAreSkippedAndNotAskedAbout()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(3);
        fixture.run("DELETE FROM session WHERE userId = 'u1'; UPDATE session SET userId = 'u5' WHERE userId = 'u2'");
        const auto report = fixture.carryOut(plan, options(true));
        QVERIFY(report);
        QCOMPARE(outcomes(*report), expected({RowOutcome::AlreadyGone, RowOutcome::Changed, RowOutcome::Revoked}));
        QCOMPARE(report->revoked, 1);
        QCOMPARE(report->skipped, 2);
        QCOMPARE(report->verification->checked, 1);
        QCOMPARE(fixture.fake->tokensAsked(), QList<QByteArray>{RevokeFixture::token(3)});
        QCOMPARE(fixture.rowsOf(5), 2);
    }

    void anExtendedSessionDoesNotEscape()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(1);
        fixture.run("UPDATE session SET expires = expires + 1000 WHERE userId = 'u1'");
        QCOMPARE(fixture.carryOut(plan, options(false))->revoked, 1);
    }

    void whoHoldsARowIsWaitedFor()
    {
        RevokeFixture fixture;
        const Error blocked =
            Error(ErrorCode::Timeout)
                .with(base::ErrorParam::Part, QStringLiteral("Waiting for a row that another transaction holds"));
        fixture.store->beforeDelete = [&](int number) { return number <= 2 ? std::optional(blocked) : std::nullopt; };
        const auto report = fixture.carryOut(fixture.plan(5), options(false, 4));
        QVERIFY(report && !report->error && !report->resumable);
        QCOMPARE(report->revoked, 5);
        QCOMPARE(fixture.rows(), 0);
        QVERIFY(report->batches > 4); // two that were undone, then smaller ones
        QVERIFY(fixture.operations().empty());

        // Not for ever; then it can be gone on with.
        RevokeFixture held;
        held.store->beforeDelete = [&](int number) { return number >= 2 ? std::optional(blocked) : std::nullopt; };
        const auto stopped = held.carryOut(held.plan(5), options(false, 2));
        QVERIFY(stopped && stopped->error && stopped->resumable);
        QCOMPARE(stopped->error->code, ErrorCode::Timeout);
        QCOMPARE(stopped->revoked, 2);
        QCOMPARE(held.rows(), 3);
        held.store->beforeDelete = {};
        const auto rest = held.resume(stopped->auditId);
        QVERIFY(rest && !rest->error);
        QCOMPARE(rest->revoked, 5);
    }

    void oneHeldRowDoesNotKeepTheOthersAlive()
    {
        RevokeFixture fixture;
        const Error blocked =
            Error(ErrorCode::Timeout)
                .with(base::ErrorParam::Part, QStringLiteral("Waiting for a row that another transaction holds"));
        const auto plan = fixture.plan(5);
        bool isHeld = true;
        fixture.store->beforeDeleteOf = [&](std::span<const store::RowKey> keys) {
            const bool wantsIt =
                std::ranges::count(keys, plan.rows[0].key.fingerprint, &store::RowKey::fingerprint) > 0;
            return isHeld && wantsIt ? std::optional(blocked) : std::nullopt;
        };
        const auto report = fixture.carryOut(plan, options(false, 4));
        QVERIFY(report && report->error && report->resumable);
        QCOMPARE(report->error->code, ErrorCode::Timeout);
        QCOMPARE(report->revoked, 4);
        QCOMPARE(outcomes(*report), expected({RowOutcome::Failed, RowOutcome::Revoked, RowOutcome::Revoked,
                                              RowOutcome::Revoked, RowOutcome::Revoked}));
        QCOMPARE(fixture.rows(), 1);
        isHeld = false;
        const auto rest = fixture.resume(report->auditId);
        QVERIFY(rest && !rest->error);
        QCOMPARE(rest->revoked, 5);
        QCOMPARE(fixture.rows(), 0);

        // Let go before the end, it is as if nobody had held it.
        RevokeFixture brief;
        const auto whole = brief.plan(5);
        brief.store->beforeDeleteOf = [&](std::span<const store::RowKey> keys) {
            const bool wantsIt =
                std::ranges::count(keys, whole.rows[0].key.fingerprint, &store::RowKey::fingerprint) > 0;
            return brief.rows() > 1 && wantsIt ? std::optional(blocked) : std::nullopt;
        };
        const auto all = brief.carryOut(whole, options(false, 4));
        QVERIFY(all && !all->error && !all->resumable);
        QCOMPARE(all->revoked, 5);
        QCOMPARE(brief.rows(), 0);
    }

    void rowsOfOneTokenAreAllPlanned()
    {
        RevokeFixture fixture;
        fixture.run("DROP TABLE session; CREATE TABLE session (id text PRIMARY KEY, sessionToken text NOT NULL, userId "
                    "text NOT NULL, expires integer NOT NULL);");
        for (const char *id : {"1", "2"})
            fixture.run(QByteArray("INSERT INTO session VALUES ('") + id + "','" + RevokeFixture::token(1) +
                        "','u1',4102444800000);");
        store::SchemaProfile map = *fixture.deployment->schema();
        map.sessions.id = QStringLiteral("id");
        map.fingerprint.clear();
        workspace::ConnectionProfile profile = fixture.deployment->config().profile;
        profile.schemaMap = QString::fromUtf8(QJsonDocument(map.toJson()).toJson());
        auto config = deployment::ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(2));
        QVERIFY(config.has_value());
        const auto opened =
            deployment::Deployment::open(std::move(*config), {true, false}, fixture.clock, fixture.call());
        QVERIFY2(opened.has_value(), opened ? "" : qPrintable(base::oneLine(opened.error())));
        const auto store = (*opened)->openStore(store::Access::ReadOnly, fixture.call());
        QVERIFY(store.has_value());
        Selection selection;
        selection.query.emplace();
        const auto plan = freezePlan(**opened, **store, std::move(selection), 100, fixture.call());
        QVERIFY2(plan.has_value(), plan ? "" : qPrintable(base::oneLine(plan.error())));
        QCOMPARE(plan->rows.size(), std::size_t{2});
        QVERIFY(plan->rows[0].key.key.view() != plan->rows[1].key.key.view());
    }

    void cachedEntriesAreDropped()
    {
        RevokeFixture fixture;
        const auto plan = fixture.plan(2);
        cache::SessionCache::Entry entry;
        entry.session = QByteArrayLiteral("{}");
        const QByteArray token = RevokeFixture::token(1);
        QVERIFY(fixture.deployment->cache()->store(token, entry, std::chrono::minutes(1), 0, fixture.call()));
        // In a safe order: row, cache, row checked again.
        int looks = 0;
        fixture.store->beforeStillThere = [&] {
            ++looks;
            QVERIFY(!fixture.deployment->cache()->find(token, fixture.call())->entry.has_value());
            QCOMPARE(fixture.rowsOf(1), 0);
        };
        const auto report = fixture.carryOut(plan, options(false));
        QVERIFY(report);
        QCOMPARE(looks, 1);
        QCOMPARE(report->cachePurged, 1);
        QVERIFY(report->rows.front().cachePurged);
        QVERIFY(!fixture.deployment->cache()->find(token, fixture.call())->entry.has_value());
        QVERIFY(!report->verification);
    }

    void aCacheThatCannotBeToldIsReported_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("not there") << QStringLiteral("redis://127.0.0.1:1") << ErrorCode::ConnectRefused;
        QTest::newRow("not sent in clear") << QStringLiteral("redis://cache.test") << ErrorCode::InsecureTransport;
        QTest::newRow("address wrong") << QStringLiteral("upstash:https://cache.test") << ErrorCode::UrlInvalid;
    }
    void aCacheThatCannotBeToldIsReported()
    {
        QFETCH(QString, address);
        QFETCH(ErrorCode, code);
        RevokeFixture fixture(true, address);
        const auto report = fixture.carryOut(fixture.plan(4), options(false, 2));
        QVERIFY(report);
        QVERIFY2(!report->error, "the rows are gone all the same");
        QCOMPARE(report->revoked, 4);
        QCOMPARE(report->cachePurged, 0);
        QVERIFY(report->cacheError);
        QCOMPARE(report->cacheError->code, code);
        // Tried with the first batch and once more at the end, not with each.
        const auto tries = std::ranges::count_if(
            report->log, [](const Done &done) { return done.what.startsWith(u"Cached entries of"); });
        QCOMPARE(tries, 2);
        QVERIFY(report->log.at(report->log.size() - 3).what.startsWith(u"Cached entries of 4 sessions"));
        QCOMPARE(fixture.audited().back().counts.value(u"cacheError").toString(), base::errorName(code));
        QVERIFY(report->resumable);
    }

    void aPurgeThatFailedIsGoneOnWith()
    {
        RevokeFixture fixture(true, QStringLiteral("redis://127.0.0.1:1"));
        auto wanted = options(false, 2);
        wanted.reason = QStringLiteral("stolen laptop");
        const auto cut = fixture.carryOut(fixture.plan(4), wanted);
        QVERIFY(cut && cut->cacheError && cut->resumable);
        const auto open = fixture.operations();
        QCOMPARE(open.size(), std::size_t(1));
        QCOMPARE(open.front().head.id, cut->auditId);
        QCOMPARE(open.front().done, 4);
        // The cache is still away: it stays. A session that began meanwhile is no business of it.
        fixture.run("INSERT INTO session SELECT 'new-' || id, id, 4102444800000 FROM user WHERE id = 'u1'");
        const auto again = fixture.resume(cut->auditId);
        QVERIFY(again && again->cacheError && again->resumable);
        QCOMPARE(again->revoked, 4);
        QCOMPARE(fixture.operations().size(), std::size_t(1));
        QCOMPARE(fixture.rows(), 2);
    }

    void refusesBeforeAnythingIsDone()
    {
        RevokeFixture withoutUrl(false);
        QVERIFY(whyUnverifiable(*withoutUrl.deployment).contains(u"URL"));
        QCOMPARE(withoutUrl.carryOut(withoutUrl.plan(1), options(true)).error().code, ErrorCode::PartNotGiven);

        RevokeFixture fixture;
        auto stale = fixture.plan(2);
        stale.rows.pop_back();
        QCOMPARE(fixture.carryOut(stale, options(false)).error().code, ErrorCode::PlanStale);
        auto other = fixture.plan(2);
        other.statement += QLatin1Char(' ');
        other.digest = other.computeDigest();
        QCOMPARE(fixture.carryOut(other, options(false)).error().code, ErrorCode::PlanStale);
        const auto good = fixture.plan(2);
        fixture.stop.request_stop();
        QCOMPARE(fixture.carryOut(good, options(false)).error().code, ErrorCode::Cancelled);
        QVERIFY(fixture.audited().empty());
        QCOMPARE(fixture.rows(), 5);
    }

    void plansAreBounded()
    {
        RevokeFixture fixture;
        Selection all;
        all.query.emplace();
        const auto tooMany = freezePlan(*fixture.deployment, *fixture.store, all, 4, fixture.call());
        QCOMPARE(tooMany.error().code, ErrorCode::TooManyMatched);
        Selection both = all;
        both.sessions << base::Fingerprint::of(RevokeFixture::token(1)).text() << QStringLiteral("0123456789abcdef");
        const auto plan = freezePlan(*fixture.deployment, *fixture.store, both, 5, fixture.call());
        QVERIFY(plan);
        QCOMPARE(plan->rows.size(), size_t(5));
        QCOMPARE(plan->unmatched, QStringList{QStringLiteral("0123456789abcdef")});
    }

    void anEmptyPlanIsDoneAndNotAudited()
    {
        RevokeFixture fixture;
        const auto report = fixture.carryOut(fixture.plan(0), options(true));
        QVERIFY(report);
        QCOMPARE(report->matched, 0);
        QVERIFY(report->auditId.isEmpty());
        QVERIFY(report->verification);
        QVERIFY(fixture.audited().empty());
    }

    void jwtSessionsAreSaidNotToBeRevocable()
    {
        RevokeFixture fixture;
        workspace::ConnectionProfile profile;
        profile.strategy = session::Strategy::Jwt;
        profile.version = session::AuthVersion::V4;
        profile.maxAge = std::chrono::hours(1);
        auto config = deployment::ConnectionConfig::from(profile, {}, std::chrono::seconds(1));
        QVERIFY(config);
        const base::FixedClock clock(base::Instant(std::chrono::seconds(1'760'000'000)));
        const auto jwt = deployment::Deployment::open(std::move(*config), deployment::CheckResult{}, {}, clock);
        QVERIFY(jwt);
        QCOMPARE(freezePlan(**jwt, *fixture.store, {}, 5, fixture.call()).error().code, ErrorCode::NotRevocable);
        const NotRevocable answer = explainNotRevocable(**jwt);
        // A token of a v4 sign-in lives 30 days whatever session.maxAge says.
        QCOMPARE(*answer.acceptedUntil, clock.now() + std::chrono::hours(24 * 30));
        QVERIFY(answer.explanation.contains(u"JWT") && !answer.remedy.isEmpty());
        // The fixed clock is looked at first of all: nothing is deleted by it.
        QCOMPARE(revoke::carryOut(fixture.plan(1), options(false), **jwt, *fixture.store, *fixture.log, fixture.place(),
                                  fixture.call())
                     .error()
                     .code,
                 ErrorCode::WriteRefused);
        QCOMPARE(fixture.rows(), 5);
    }
};

QTEST_GUILESS_MAIN(RevokerTest)
#include "tst_Revoker.moc"
