#include <QtTest>

#include <atomic>
#include <mutex>

#include "core/store/watch/LookReader.h"
#include "tests/integration/store/WatchRecorder.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::ErrorCode;
using session::ListedSession;
using store::SessionQuery;
using store::SessionWatcher;
using test::WatchRecorder;

namespace {

constexpr int patience = 20'000;

/// What all stores of a test read.
struct Database
{
    std::mutex mutex;
    std::vector<ListedSession> rows; ///< live ones
    std::optional<ErrorCode> failing;
    std::chrono::milliseconds delay{0};
    std::vector<std::chrono::steady_clock::time_point> reads; ///< when pages were begun
    int opened = 0;

    void insert(int number, int minutes)
    {
        const std::lock_guard lock(mutex);
        ListedSession session;
        session.id = QString::number(number);
        session.fingerprint = base::SecretBytes(QByteArray::number(number)).fingerprint();
        session.state = session::SessionState::Live;
        session.expires = base::Instant(std::chrono::hours(24 * 365 * 80) + std::chrono::minutes(minutes));
        rows.push_back(std::move(session));
    }
    void remove(int number)
    {
        const std::lock_guard lock(mutex);
        std::erase_if(rows, [&](const ListedSession &row) { return row.id == QString::number(number); });
    }
    void fail(std::optional<ErrorCode> code)
    {
        const std::lock_guard lock(mutex);
        failing = code;
    }
    std::size_t readCount()
    {
        const std::lock_guard lock(mutex);
        return reads.size();
    }
};

/// Pages and rows of a Database; nothing else is asked of a store by a watcher.
class RowsStore final : public store::SessionStore
{
public:
    explicit RowsStore(Database &database) : m_database(database) {}

    base::Result<store::SessionPage> page(const SessionQuery &query, const std::optional<QByteArray> &cursor,
                                          base::Instant, const base::Call &) override
    {
        std::unique_lock lock(m_database.mutex);
        m_database.reads.push_back(std::chrono::steady_clock::now());
        if (m_database.failing)
            return base::fail(base::Error(*m_database.failing));
        if (m_database.delay > 0ms) {
            lock.unlock();
            std::this_thread::sleep_for(m_database.delay); // a slow database
            lock.lock();
        }
        std::vector<ListedSession> sorted;
        if (query.state != store::StateFilter::Expired)
            sorted = m_database.rows;
        std::ranges::sort(sorted, [&](const ListedSession &left, const ListedSession &right) {
            const auto key = [&](const ListedSession &session) {
                return query.order == store::SessionOrder::Created
                           ? session.id->toLongLong()
                           : qint64{session.expires->time_since_epoch().count()};
            };
            return query.descending ? key(left) > key(right) : key(left) < key(right);
        });
        store::SessionPage page;
        const auto begin = std::min<std::size_t>(sorted.size(), cursor ? cursor->toULongLong() : 0);
        const auto end = std::min(sorted.size(), begin + static_cast<std::size_t>(query.limit));
        page.sessions.assign(sorted.begin() + static_cast<std::ptrdiff_t>(begin),
                             sorted.begin() + static_cast<std::ptrdiff_t>(end));
        if (end < sorted.size())
            page.next = QByteArray::number(quint64{end});
        return page;
    }
    base::Result<std::vector<store::PlannedRow>> findRows(std::span<const QString> ids, QStringList &, base::Instant,
                                                          const base::Call &) override
    {
        const std::lock_guard lock(m_database.mutex);
        std::vector<store::PlannedRow> found;
        for (const ListedSession &row : m_database.rows) {
            if (std::ranges::find(ids, *row.id) != ids.end())
                found.push_back({{}, row});
        }
        return found;
    }

    base::Result<store::SessionStats> stats(base::Instant, const base::Call &) override { return no(); }
    base::Result<qint64> count(const SessionQuery &, base::Instant, const base::Call &) override { return no(); }
    base::Result<std::vector<store::PlannedRow>> planRows(const SessionQuery &, qint64, base::Instant,
                                                          const base::Call &) override
    {
        return no();
    }
    base::Result<std::optional<store::SessionRow>> lookup(QByteArrayView, const base::Call &) override { return no(); }
    base::Result<std::vector<std::optional<store::SessionRow>>> lookupMany(std::span<const QByteArrayView>,
                                                                           const base::Call &) override
    {
        return no();
    }
    base::Result<std::vector<std::optional<store::WholeRow>>> wholeRows(std::span<const QByteArrayView>,
                                                                        const base::Call &) override
    {
        return no();
    }
    base::Result<std::vector<store::DeleteOutcome>> deleteRows(std::span<const store::RowKey>,
                                                               const base::Call &) override
    {
        return no();
    }
    base::Result<std::vector<bool>> stillThere(std::span<const store::RowKey>, const base::Call &) override
    {
        return no();
    }
    base::Result<store::CanaryKey> insertCanary(const store::CanaryRow &, const base::Call &) override { return no(); }
    base::Status removeCanary(const store::CanaryKey &, const base::Call &) override { return no(); }
    base::Status extend(QByteArrayView, base::Instant, const base::Call &) override { return no(); }
    base::Status deleteExpired(QByteArrayView, base::Instant, const base::Call &) override { return no(); }
    QString deleteStatement() const override { return {}; }
    base::Result<base::Instant> serverTime(const base::Call &) override { return no(); }

private:
    static tl::unexpected<base::Error> no() { return base::fail(base::Error(ErrorCode::Internal)); }

    Database &m_database;
};

/// Gives word when a test says so.
class HandSignal final : public store::ChangeSignal
{
public:
    HandSignal(std::atomic<bool> &word, bool coversAll) : m_word(word), m_coversAll(coversAll) {}
    QString channel() const override { return QStringLiteral("by hand"); }
    bool coversAll() const override { return m_coversAll; }
    base::Result<bool> wait(const base::Call &call) override
    {
        while (!call.cancelled() && !call.expired()) {
            if (m_word.exchange(false))
                return true;
            std::this_thread::yield();
        }
        return false;
    }

private:
    std::atomic<bool> &m_word;
    bool m_coversAll;
};

SessionWatcher::Sources sourcesOf(Database &database)
{
    return {[&database](const base::Call &) -> base::Result<std::unique_ptr<store::SessionStore>> {
                const std::lock_guard lock(database.mutex);
                ++database.opened;
                if (database.failing)
                    return base::fail(base::Error(*database.failing));
                return std::make_unique<RowsStore>(database);
            },
            {}};
}

SessionWatcher::Options every(std::chrono::milliseconds interval)
{
    SessionWatcher::Options options;
    options.interval = interval;
    options.backoff = {20ms, 100ms};
    return options;
}

QString line(const char *word, int number)
{
    return QLatin1String(word) + QLatin1Char(' ') + base::SecretBytes(QByteArray::number(number)).fingerprint().text();
}

} // namespace

/// How a watcher keeps its bounds and meets errors, on a database that a test holds in its hands.
class SessionWatcherTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void restsNineTimesAsLongAsItLooks();
    void triesAgainWhereThatMayHelp_data();
    void triesAgainWhereThatMayHelp();
    void endsWhereTheFirstLookFails();
    void looksAtOnceWhenAsked();
    void connectsAtOnceWhenAsked();
    void followsWhatIsInView();
    void saysWhatWasTooMuch();
    void trustsASignalAsFarAsItReaches_data();
    void trustsASignalAsFarAsItReaches();

private:
    base::SystemClock m_clock;
};

void SessionWatcherTest::restsNineTimesAsLongAsItLooks()
{
    Database database;
    database.insert(1, 1);
    database.delay = 30ms;
    WatchRecorder recorder(sourcesOf(database), every(50ms), m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(database.readCount() >= 4, patience);
    const std::lock_guard lock(database.mutex);
    for (std::size_t i = 1; i < database.reads.size(); ++i)
        QVERIFY(database.reads[i] - database.reads[i - 1] >= 10 * 30ms);
}

void SessionWatcherTest::triesAgainWhereThatMayHelp_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("again");
    const auto row = [](ErrorCode code, bool again) {
        QTest::newRow(qPrintable(base::errorName(code))) << int(code) << again;
    };
    row(ErrorCode::ConnectionLost, true);
    row(ErrorCode::ConnectRefused, true);
    row(ErrorCode::DatabaseUnavailable, true);
    row(ErrorCode::Timeout, true);
    row(ErrorCode::HostNotFound, true);
    row(ErrorCode::PermissionDenied, false);
    row(ErrorCode::AuthenticationFailed, false);
    row(ErrorCode::SchemaChanged, false);
    row(ErrorCode::StatementFailed, false);
}

void SessionWatcherTest::triesAgainWhereThatMayHelp()
{
    QFETCH(int, code);
    QFETCH(bool, again);
    Database database;
    database.insert(1, 1);
    WatchRecorder recorder(sourcesOf(database), every(50ms), m_clock);
    QTRY_COMPARE_WITH_TIMEOUT(recorder.countOf(QStringLiteral("watching")), 1, patience);
    database.fail(static_cast<ErrorCode>(code));
    if (!again) {
        QTRY_VERIFY_WITH_TIMEOUT(recorder.hasEnded(), patience);
        QCOMPARE(recorder.error(), base::errorName(static_cast<ErrorCode>(code)));
        return;
    }
    QTRY_VERIFY_WITH_TIMEOUT(recorder.countOf(QStringLiteral("lost")) >= 3, patience);
    database.insert(2, 2);
    database.remove(1);
    database.fail({});
    QTRY_VERIFY2_WITH_TIMEOUT(recorder.has(line("signed-in", 2)), recorder.all().constData(), patience);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(line("revoked", 1)), patience); // what happened meanwhile is told as well
    QTRY_COMPARE_WITH_TIMEOUT(recorder.countOf(QStringLiteral("watching")), 2, patience);
    QVERIFY(!recorder.hasEnded());
}

void SessionWatcherTest::endsWhereTheFirstLookFails()
{
    Database database;
    database.failing = ErrorCode::ConnectRefused;
    WatchRecorder recorder(sourcesOf(database), every(50ms), m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.hasEnded(), patience);
    QCOMPARE(recorder.error(), QStringLiteral("ConnectRefused"));
    QCOMPARE(recorder.told(), QStringList());
    QCOMPARE(database.opened, 1);
}

void SessionWatcherTest::looksAtOnceWhenAsked()
{
    Database database;
    WatchRecorder recorder(sourcesOf(database), every(24h), m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(QStringLiteral("watching")), patience);
    database.insert(1, 1);
    recorder.watcher().lookNow();
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(line("signed-in", 1)), patience);
}

void SessionWatcherTest::connectsAtOnceWhenAsked()
{
    Database database;
    auto options = every(50ms);
    options.backoff = {1h, 1h};
    WatchRecorder recorder(sourcesOf(database), options, m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(QStringLiteral("watching")), patience);
    database.fail(ErrorCode::ConnectionLost);
    QTRY_COMPARE_WITH_TIMEOUT(recorder.countOf(QStringLiteral("lost")), 1, patience);
    database.fail({});
    recorder.watcher().lookNow();
    QTRY_COMPARE_WITH_TIMEOUT(recorder.countOf(QStringLiteral("watching")), 2, patience);
}

void SessionWatcherTest::followsWhatIsInView()
{
    Database database;
    for (int i = 1; i <= 12'000; ++i)
        database.insert(i, i);
    WatchRecorder recorder(sourcesOf(database), every(50ms), m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(QStringLiteral("watching")), patience);
    QVERIFY(!recorder.scope().complete);
    {
        const std::lock_guard lock(database.mutex);
        recorder.watcher().setInView({database.rows[5'999]});
    }
    const auto before = database.readCount();
    QTRY_VERIFY_WITH_TIMEOUT(database.readCount() >= before + 3, patience); // it was taken up
    database.remove(6'000);
    database.remove(5'000); // nobody follows that one
    QTRY_VERIFY2_WITH_TIMEOUT(recorder.has(line("revoked", 6'000)), recorder.all().constData(), patience);
    QVERIFY(!recorder.has(line("revoked", 5'000)));
}

void SessionWatcherTest::saysWhatWasTooMuch()
{
    Database database;
    for (int i = 1; i <= 12'000; ++i)
        database.insert(i, i);
    WatchRecorder recorder(sourcesOf(database), every(24h), m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(QStringLiteral("watching")), patience);
    QVERIFY(!recorder.scope().cutShort);
    for (int i = 20'001; i <= 20'000 + store::LookReader::mostPages * store::LookReader::windowRows + 5; ++i)
        database.insert(i, i);
    recorder.watcher().lookNow();
    QTRY_VERIFY_WITH_TIMEOUT(recorder.scope().cutShort, patience);
    // That it was too much may be known before all changes have arrived.
    QTRY_COMPARE_WITH_TIMEOUT(recorder.countOf(QStringLiteral("signed-in ")),
                              store::LookReader::mostPages * store::LookReader::windowRows, patience);
}

void SessionWatcherTest::trustsASignalAsFarAsItReaches_data()
{
    QTest::addColumn<bool>("coversAll");
    QTest::newRow("of every change") << true;
    QTest::newRow("of some changes") << false;
}

void SessionWatcherTest::trustsASignalAsFarAsItReaches()
{
    QFETCH(bool, coversAll);
    Database database;
    std::atomic<bool> word = false;
    auto sources = sourcesOf(database);
    sources.openSignal = [&](const base::Call &) -> base::Result<std::unique_ptr<store::ChangeSignal>> {
        return std::make_unique<HandSignal>(word, coversAll);
    };
    auto options = every(300ms);
    options.unasked = 24h;
    WatchRecorder recorder(std::move(sources), options, m_clock);
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(QStringLiteral("watching")), patience);
    QCOMPARE(recorder.scope().channel, std::optional(QStringLiteral("by hand")));
    database.insert(1, 1);
    if (!coversAll) {
        QTRY_VERIFY_WITH_TIMEOUT(recorder.has(line("signed-in", 1)), patience); // without a word
        return;
    }
    QTest::qWait(1'000); // that nothing happens can only be waited for
    QVERIFY(!recorder.has(line("signed-in", 1)));
    word = true;
    QTRY_VERIFY_WITH_TIMEOUT(recorder.has(line("signed-in", 1)), patience);
}

QTEST_GUILESS_MAIN(SessionWatcherTest)
#include "tst_SessionWatcher.moc"
