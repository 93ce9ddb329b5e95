#include <QtTest>

#include <QElapsedTimer>
#include <QFile>

#include "core/base/ErrorText.h"
#include "core/store/PageCursor.h"
#include "tests/integration/scale/HandWritten.h"
#include "tests/integration/scale/PageBars.h"
#include "tests/integration/scale/ScaleDatabase.h"
#include "tests/integration/store/StoreFixtures.h"
#include "tests/support/ProcessorTime.h"

using namespace rollcall;
using store::SessionOrder;
using store::SessionQuery;
using store::StateFilter;
using test::HandWritten;

namespace {

constexpr int fewestRounds = 5;
constexpr int mostRounds = 60;
constexpr qint64 roundsForMs = 3000;

/// Where a page begins.
enum class From { First, Next, Deep };

struct Listing
{
    SessionQuery query;
    HandWritten::Query hand; ///< without the keyset condition
    From from = From::First;
    QByteArray deep = {}; ///< condition of the rows from the middle on
};

/// What one page took.
struct Cost
{
    double ms = 0;
    double processorMs =
        0; ///< of our thread and of the server's process: what others load the machine with is not in it
};

/// Times runs that use one connection, whose server process has the id @p server and runs on this machine.
class Stopwatch final
{
public:
    explicit Stopwatch(const QByteArray &server) : m_schedule("/proc/" + server + "/schedstat") {}

    template <typename Run>
    Cost timed(const Run &run) const
    {
        const double processor = processorMs();
        QElapsedTimer timer;
        timer.start();
        run();
        return {static_cast<double>(timer.nsecsElapsed()) / 1e6, processorMs() - processor};
    }

private:
    [[nodiscard]] double processorMs() const
    {
        QFile file(QString::fromLatin1(m_schedule)); // nanoseconds on a processor, and more
        const bool isOpen = file.open(QIODevice::ReadOnly);
        const auto theirs = isOpen ? file.readAll().split(' ').first().toDouble() : 0;
        return test::processorSeconds() * 1e3 + theirs / 1e6;
    }
    QByteArray m_schedule;
};

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

double medianOf(const std::vector<Cost> &costs, double Cost::*what)
{
    std::vector<double> values;
    for (const Cost &cost : costs)
        values.push_back(cost.*what);
    return median(std::move(values));
}

/// The median of what each round says: both of its runs had the same neighbours on the machine.
double ratioOf(const std::vector<Cost> &ours, const std::vector<Cost> &hand, double Cost::*what)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i)
        ratios.push_back(ours[i].*what / hand[i].*what);
    return median(std::move(ratios));
}

} // namespace

Q_DECLARE_METATYPE(Listing)

/// Pages of a large PostgreSQL database against the same rows asked for by hand, by turns in one run.
/// ROLLCALL_SCALE_URL names a database filled by tests/data/scale/pg-adapter.sql; the proof does so with 10 million
/// sessions.
class PostgresScaleTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void pagesAsFastAsByHand_data();
    void pagesAsFastAsByHand();
    void reckonsWithoutReading();
    void searchesUsersFirst();

private:
    [[nodiscard]] bool isProof() const { return m_sessions >= test::ScaleDatabase::proofSessions; }

    std::unique_ptr<test::ScaleDatabase> m_database;
    std::unique_ptr<HandWritten> m_hand;
    std::unique_ptr<store::SessionStore> m_store;
    std::optional<Stopwatch> m_ofOurs, m_ofHand;
    base::Instant m_now;
    qint64 m_sessions = 0;
    /// A line of the table, at once: what is known stands there whatever comes later.
    static void say(const QString &line) { qInfo("%s", qPrintable(line)); }
};

void PostgresScaleTest::initTestCase()
{
    m_database = std::make_unique<test::ScaleDatabase>();
    QVERIFY2(m_database->problem().isEmpty(), qPrintable(m_database->problem()));
    m_hand = std::make_unique<HandWritten>(m_database->text());
    QVERIFY2(m_hand->problem().isEmpty(), m_hand->problem().constData());
    m_sessions = m_hand->firstRow("SELECT count(*) FROM sessions").value(0).toLongLong();
    QVERIFY(m_sessions > 0);
    store::StoreOptions options;
    options.timeout = std::chrono::minutes(2); // a round under load is no error
    QString problem;
    m_store = test::openDetected(m_database->url(), store::Access::ReadOnly, problem, options);
    QVERIFY2(m_store, qPrintable(problem));
    const auto backend = [this](const QByteArray &which) {
        return m_hand->firstRow("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND " + which)
            .value(0);
    };
    const QByteArray ours = backend("application_name = 'rollcall'");
    QVERIFY(!ours.isEmpty());
    m_ofOurs.emplace(ours);
    m_ofHand.emplace(backend("pid = pg_backend_pid()"));
    m_now = base::SystemClock().now();
    say(QStringLiteral("%1 sessions in PostgreSQL, %2 rows a page; medians of ms, by turns, then of processor ms")
            .arg(QLocale::c().toString(m_sessions), QString::number(test::scalePageSize)));
    say(QStringLiteral("%1 %2 %3 %4 %2 %3 %4  rounds")
            .arg(QStringLiteral("page"), -36)
            .arg(QStringLiteral("Rollcall"), 9)
            .arg(QStringLiteral("by hand"), 9)
            .arg(QStringLiteral("ratio"), 6));
}

void PostgresScaleTest::pagesAsFastAsByHand_data()
{
    QTest::addColumn<Listing>("listing");
    const HandWritten::Query live{"JOIN", "s.expires >= $1::timestamptz", "expires", false};
    SessionQuery query;
    QTest::newRow("live by expiry, first") << Listing{query, live, From::First};
    QTest::newRow("live by expiry, next") << Listing{query, live, From::Next};
    QTest::newRow("live by expiry, deep")
        << Listing{query, live, From::Deep, "s.expires >= now() + interval '12 days'"};

    SessionQuery all;
    all.state = StateFilter::All;
    HandWritten::Query every{"LEFT JOIN", "$1::timestamptz IS NOT NULL", "expires", false};
    QTest::newRow("all by expiry, deep") << Listing{all, every, From::Deep, "s.expires >= now() - interval '20 days'"};
    all.descending = true;
    every.descending = true;
    QTest::newRow("all by expiry descending, first") << Listing{all, every, From::First};
    QTest::newRow("all by expiry descending, deep")
        << Listing{all, every, From::Deep, "s.expires <= now() - interval '20 days'"};

    SessionQuery expired;
    expired.state = StateFilter::Expired;
    const HandWritten::Query past{"JOIN", "s.expires < $1::timestamptz", "expires", false};
    QTest::newRow("expired, first") << Listing{expired, past, From::First};
    QTest::newRow("expired, deep") << Listing{expired, past, From::Deep, "s.expires >= now() - interval '40 days'"};

    SessionQuery byUser;
    byUser.order = SessionOrder::User;
    HandWritten::Query users = live;
    users.order = "\"userId\"";
    QTest::newRow("live by user, first") << Listing{byUser, users, From::First};
    QTest::newRow("live by user, deep") << Listing{byUser, users, From::Deep,
                                                   "s.\"userId\" >= (SELECT count(*) / 3 FROM users)"};

    SessionQuery provider;
    provider.provider = QStringLiteral("github");
    HandWritten::Query github = live;
    github.where += " AND EXISTS (SELECT FROM accounts a WHERE a.\"userId\" = s.\"userId\" AND a.provider = 'github')";
    QTest::newRow("live by provider:github, first") << Listing{provider, github, From::First};
    QTest::newRow("live by provider:github, deep")
        << Listing{provider, github, From::Deep, "s.expires >= now() + interval '12 days'"};

    SessionQuery one;
    one.user = QStringLiteral("1");
    HandWritten::Query mine = live;
    mine.where += " AND s.\"userId\" = 1";
    QTest::newRow("live of the user with most, first") << Listing{one, mine, From::First};

    SessionQuery soon;
    soon.expiresBefore = base::SystemClock().now() + std::chrono::hours(24);
    HandWritten::Query ending = live;
    ending.where += " AND s.expires < '" + base::toIso(*soon.expiresBefore).toLatin1() + "'";
    QTest::newRow("ending within 24 h, first") << Listing{soon, ending, From::First};
}

void PostgresScaleTest::pagesAsFastAsByHand()
{
    QFETCH(Listing, listing);
    SessionQuery query = listing.query;
    query.limit = test::scalePageSize;
    QByteArrayList values{base::toIso(m_now).toLatin1()};
    std::optional<QByteArray> cursor;
    if (listing.from != From::First) {
        // The row before the page: the last of the first page, or the one in the middle of the listing.
        const QByteArray from = "FROM sessions s " + listing.hand.join + " users u ON u.id = s.\"userId\" WHERE " +
                                QByteArray(listing.hand.where).replace("$1", QByteArray("'" + values.first() + "'"));
        const QByteArray direction = listing.hand.descending ? " DESC" : "";
        const QByteArray skipped = listing.from == From::Next ? QByteArray::number(test::scalePageSize - 1) : "0";
        const QByteArray middle = listing.from == From::Deep ? QByteArray(" AND " + listing.deep) : QByteArray();
        const QByteArrayList before =
            m_hand->firstRow("SELECT s." + listing.hand.order + ", s.id " + from + middle + " ORDER BY s." +
                             listing.hand.order + direction + ", s.id" + direction + " OFFSET " + skipped + " LIMIT 1");
        QVERIFY2(before.size() == 2, m_hand->problem().constData());
        values += before;
        listing.hand.where +=
            " AND (s." + listing.hand.order + ", s.id) " + (listing.hand.descending ? "<" : ">") +
            (query.order == SessionOrder::User ? " ($2::int, $3::int)" : " ($2::timestamptz, $3::int)");
        if (query.order == SessionOrder::User)
            listing.hand.where += " AND u.id >= $2::int"; // a merge join begins there, not at the first user
        cursor = store::PageCursor{before.at(0), before.at(1)}.encode(query,
                                                                      QStringLiteral("\"public\".\"sessions\".\"id\""));
    }
    m_hand->prepare(listing.hand, test::scalePageSize + 1); // one more row says whether there is a next page
    QVERIFY2(m_hand->problem().isEmpty(), m_hand->problem().constData());

    std::vector<Cost> ours, one, two;
    qsizetype shown = 0;
    QElapsedTimer all;
    all.start();
    for (int round = 0; round < mostRounds && (round < fewestRounds || all.elapsed() < roundsForMs); ++round) {
        QByteArrayList ids;
        QByteArrayList handIds;
        // Each comes first in turn: what is read first is read for the others too.
        for (int turn = 0; turn < 3; ++turn) {
            switch ((round + turn) % 3) {
            case 0: {
                base::Result<store::SessionPage> page{};
                ours.push_back(m_ofOurs->timed([&] { page = m_store->page(query, cursor, m_now, test::patient()); }));
                QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
                for (const auto &session : page->sessions)
                    ids << session.id.value_or(QString()).toLatin1();
                break;
            }
            case 1:
                one.push_back(m_ofHand->timed([&] { handIds = m_hand->run(HandWritten::Form::OneStatement, values); }));
                break;
            default:
                two.push_back(
                    m_ofHand->timed([&] { handIds = m_hand->run(HandWritten::Form::TwoStatements, values); }));
            }
        }
        QVERIFY2(m_hand->problem().isEmpty(), m_hand->problem().constData());
        QCOMPARE(ids, handIds.first(std::min<qsizetype>(test::scalePageSize, handIds.size())));
        QVERIFY(!ids.isEmpty());
        shown = ids.size();
    }
    // By hand is whichever of the two forms is the faster for this page.
    const auto &hand = medianOf(one, &Cost::ms) < medianOf(two, &Cost::ms) ? one : two;
    const auto &spared = medianOf(one, &Cost::processorMs) < medianOf(two, &Cost::processorMs) ? one : two;
    const double ratio = ratioOf(ours, hand, &Cost::ms);
    const double processorRatio = ratioOf(ours, spared, &Cost::processorMs);
    say(QStringLiteral("%1 %2 %3 %4 %5 %6 %7  %8")
            .arg(QLatin1StringView(QTest::currentDataTag()), -36)
            .arg(medianOf(ours, &Cost::ms), 9, 'f', 2)
            .arg(medianOf(hand, &Cost::ms), 9, 'f', 2)
            .arg(ratio, 6, 'f', 2)
            .arg(medianOf(ours, &Cost::processorMs), 9, 'f', 2)
            .arg(medianOf(spared, &Cost::processorMs), 9, 'f', 2)
            .arg(processorRatio, 6, 'f', 2)
            .arg(ours.size()));
    // A handful of rows costs its round trips: who a name means, the rows, their providers. That is no page.
    if (shown < test::scalePageSize)
        return;
    const double judged = isProof() ? std::max(ratio, processorRatio) : std::min(ratio, processorRatio);
    const double most = isProof() ? test::mostTimesByHand : test::mostTimesUnderLoad;
    QVERIFY2(judged <= most, qPrintable(QStringLiteral("%1 times by hand").arg(judged)));
}

void PostgresScaleTest::reckonsWithoutReading()
{
    QElapsedTimer timer;
    timer.start();
    const auto stats = m_store->estimatedStats(m_now, test::patient());
    const double took = static_cast<double>(timer.nsecsElapsed()) / 1e6;
    QVERIFY2(stats.has_value(), stats ? "" : qPrintable(base::oneLine(stats.error())));
    QVERIFY(*stats && (*stats)->estimated);
    const QByteArray now = "'" + base::toIso(m_now).toLatin1() + "'";
    const auto exact = [&](const QByteArray &where) {
        return m_hand->firstRow("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.\"userId\" WHERE " + where)
            .value(0)
            .toDouble();
    };
    const double live = exact("s.expires >= " + now);
    const double expired = exact("s.expires < " + now);
    say(QStringLiteral("reckoned in %1 ms: live %2 (counted %3), expired %4 (%5)")
            .arg(took, 0, 'f', 1)
            .arg((*stats)->live)
            .arg(live, 0, 'f', 0)
            .arg((*stats)->expired)
            .arg(expired, 0, 'f', 0));
    // The sample behind the statistics is 30,000 rows.
    QVERIFY(std::abs(static_cast<double>((*stats)->live) / live - 1) < 0.1);
    QVERIFY(std::abs(static_cast<double>((*stats)->expired) / expired - 1) < 0.1);
    QVERIFY(std::abs(static_cast<double>((*stats)->expiring7d) / exact("s.expires >= " + now + " AND s.expires < " +
                                                                       now + "::timestamptz + interval '7 days'") -
                     1) < 0.2);
    SessionQuery every;
    every.state = StateFilter::All;
    const auto rows = m_store->estimatedCount(every, m_now, test::patient());
    QVERIFY(rows && *rows);
    QVERIFY(std::abs(static_cast<double>(**rows) / static_cast<double>(m_sessions) - 1) < 0.1);
}

void PostgresScaleTest::searchesUsersFirst()
{
    // A part of one user's e-mail, what nobody has, and what many have.
    for (const auto &[needle, rare] : {std::pair("BOIS.77@", true), {"nobody has this", true}, {"acme", false}}) {
        SessionQuery query;
        query.search = QString::fromLatin1(needle);
        query.limit = test::scalePageSize;
        QElapsedTimer timer;
        timer.start();
        const auto page = m_store->page(query, std::nullopt, m_now, test::patient());
        const double took = static_cast<double>(timer.nsecsElapsed()) / 1e6;
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        const auto found = m_hand->firstRow("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.\"userId\" WHERE "
                                            "s.expires >= '" +
                                            base::toIso(m_now).toLatin1() + "' AND (u.name ILIKE '%" + needle +
                                            "%' OR u.email ILIKE '%" + needle + "%')");
        QCOMPARE(qint64(page->sessions.size()), std::min<qint64>(found.value(0).toLongLong(), test::scalePageSize));
        say(QStringLiteral("search for \"%1\": %2 rows in %3 ms")
                .arg(query.search.value())
                .arg(page->sessions.size())
                .arg(took, 0, 'f', 1));
        QVERIFY(rare == !page->next);
    }
}

QTEST_GUILESS_MAIN(PostgresScaleTest)
#include "tst_PostgresScale.moc"
