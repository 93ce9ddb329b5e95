#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/store/redis/KeyLayout.h"
#include "tests/integration/store/RedisStoreFixture.h"

using namespace rollcall;
using base::ErrorCode;
using rollcall::test::fixtureNow;
using rollcall::test::RedisKeys;
using rollcall::test::sessionValue;
using rollcall::test::userValue;
using session::SessionState;
using test::renamed;

/// What goes wrong with keys, rights and the server, and how it is told.
class RedisTroubleTest final : public QObject, private test::RedisStoreFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        const QString problem = start();
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    void init() { QCOMPARE(test::redisCommand(m_server->url(), {"FLUSHALL"}), QByteArray("OK")); }

    void badValuesAreShownAsSuch()
    {
        RedisKeys keys{{"user:u1", userValue("u1", "u1@example.com")}};
        const auto add = [&keys](const char *token, const QByteArray &value) {
            keys.insert(QByteArray("user:session:") + token, value);
        };
        add("good-0000000000000000", sessionValue("good-0000000000000000", "u1", "\"2026-07-01T00:00:00.000Z\""));
        add("number-00000000000000", sessionValue("number-00000000000000", "u1", "1782864000000"));
        add("no-json-0000000000000", "nonsense");
        add("array-000000000000000", "[]");
        add("null-end-000000000000", sessionValue("null-end-000000000000", "u1", "null"));
        add("text-end-000000000000", sessionValue("text-end-000000000000", "u1", "\"tomorrow\""));
        add("no-user-0000000000000",
            "{\"sessionToken\":\"no-user-0000000000000\",\"expires\":\"2026-07-01T00:00:00.000Z\"}");
        // Renamed, the prefix of accounts may begin with that of sessions: without its token an object is no session.
        add("account:google:100000", "{\"userId\":\"u1\",\"provider\":\"google\",\"providerAccountId\":\"1\"}");
        add("other-000000000000000", sessionValue("of-another-0000000000", "gone", "\"2026-07-01T00:00:00.000Z\""));
        add("orphan-00000000000000", sessionValue("orphan-00000000000000", "gone", "\"2026-07-01T00:00:00.000Z\""));
        add("absurd-00000000000000", sessionValue("absurd-00000000000000", "u1", "\"9999-12-31T23:59:59.999Z\""));
        load(keys);
        test::redisCommand(m_server->url(), {"HSET", "user:session:hash", "a", "b"});
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        const auto opened = store::openStore(url(), profile, {}, store::Access::Write, soon());
        QVERIFY(opened.has_value());
        store::SessionStore &sessions = **opened;
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        const auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY(page.has_value());
        QHash<QString, SessionState> states;
        for (const auto &session : page->sessions)
            states.insert(session.fingerprint.text(), session.state);
        const auto stateOf = [&states](const char *token) {
            return states.value(base::Fingerprint::of(token).text(), SessionState::Expired);
        };
        QCOMPARE(states.size(), 9);
        const auto stats = sessions.stats(fixtureNow(), soon()); // what is not listed is not counted
        QVERIFY(stats.has_value());
        QCOMPARE(stats->orphan, qint64{1});
        QCOMPARE(sessions.count(query, fixtureNow(), soon()).value_or(-1), qint64{9});
        QCOMPARE(stateOf("good-0000000000000000"), SessionState::Live);
        QCOMPARE(stateOf("number-00000000000000"), SessionState::Live);
        QCOMPARE(stateOf("absurd-00000000000000"), SessionState::Live);
        QCOMPARE(stateOf("orphan-00000000000000"), SessionState::Orphan);
        for (const char *token : {"no-json-0000000000000", "array-000000000000000", "null-end-000000000000",
                                  "text-end-000000000000", "no-user-0000000000000"})
            QCOMPARE(stateOf(token), SessionState::Unknown);
        const auto row = sessions.lookup("no-json-0000000000000", soon());
        QVERIFY(row && *row && !(*row)->expires && !(*row)->userId);
        QVERIFY(!*sessions.lookup("hash", soon()));
        const store::RowKey account{base::SecretBytes("account:google:100000"),
                                    base::SecretBytes("account:google:100000"),
                                    base::Fingerprint::of("account:google:100000"), QStringLiteral("u1")};
        const auto left = sessions.deleteRows({&account, 1}, soon());
        QVERIFY(left && left->front() == store::DeleteOutcome::AlreadyGone);
        QVERIFY(!test::redisCommand(m_server->url(), {"GET", "user:session:account:google:100000"}).isEmpty());
        // A row that says nothing can be deleted all the same: its key says which it is.
        const store::RowKey broken{base::SecretBytes("no-json-0000000000000"),
                                   base::SecretBytes("no-json-0000000000000"),
                                   base::Fingerprint::of("no-json-0000000000000"), std::nullopt};
        const auto deleted = sessions.deleteRows({&broken, 1}, soon());
        QVERIFY(deleted.has_value());
        QCOMPARE(deleted->front(), store::DeleteOutcome::Deleted);
    }

    void missingRightsAreNamed()
    {
        load(m_adapters);
        QCOMPARE(test::redisCommand(m_server->url(), {"ACL", "SETUSER", "reader", "reset", "on", ">pw", "~*", "+scan",
                                                      "+strlen", "+mget", "+dbsize", "+exists"}),
                 QByteArray("OK"));
        const auto at = test::databaseAt("redis://reader:pw@127.0.0.1:" + QByteArray::number(m_server->port()));
        QString problem;
        const auto sessions = test::openDetected(at, store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QVERIFY(sessions->stats(fixtureNow(), soon()).has_value());
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        const auto refused = sessions->deleteRows(keys, soon());
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::PermissionDenied);
        const base::ErrorText text = base::describe(refused.error());
        QVERIFY2(text.message.contains(QStringLiteral("EVAL")) && text.message.contains(QStringLiteral("user:*")),
                 qPrintable(text.message));
        QVERIFY2(text.remedy.contains(QStringLiteral("ACL SETUSER")) && text.remedy.contains(QStringLiteral("+eval")),
                 qPrintable(text.remedy));
        // May run the script, but not what is in it.
        test::redisCommand(m_server->url(), {"ACL", "SETUSER", "reader", "+eval", "+get"});
        const auto inside = sessions->deleteRows(keys, soon());
        QVERIFY(!inside);
        QCOMPARE(inside.error().code, ErrorCode::PermissionDenied);
        QCOMPARE(test::redisKeys(m_server->url()), m_adapters);
        test::redisCommand(m_server->url(), {"ACL", "DELUSER", "reader"});
    }

    void keysOfOthersAreNotTouched()
    {
        load(m_adapters);
        load({{"other:session:1", "{}"}, {"sessions-of-others", "{}"}});
        test::redisCommand(m_server->url(),
                           {"ACL", "SETUSER", "ours", "reset", "on", ">pw", "~user:*", "+@read", "+ping"});
        const auto at = test::databaseAt("redis://ours:pw@127.0.0.1:" + QByteArray::number(m_server->port()));
        QString problem;
        const auto sessions = test::openDetected(at, store::Access::ReadOnly, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        // Where the command itself is refused, nothing is found out.
        test::redisCommand(m_server->url(), {"ACL", "SETUSER", "ours", "-strlen"});
        const auto refused = store::detectSchema(at, {}, soon());
        QVERIFY(!refused && refused.error().code == ErrorCode::PermissionDenied);
        test::redisCommand(m_server->url(), {"ACL", "DELUSER", "ours"});
    }

    void aPassCanBeStoppedAndBounded()
    {
        RedisKeys many;
        for (int i = 0; i < 20'000; ++i) {
            const QByteArray token = "token-" + QByteArray::number(i).rightJustified(20, '0');
            many.insert("user:session:" + token, sessionValue(token, "u1", "\"2026-07-01T00:00:00.000Z\""));
        }
        load(many);
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        store::StoreOptions slow;
        slow.scanPace.keysAtOnce = 100;
        slow.scanPace.keysPerSecond = 5'000; // four seconds for all
        auto opened = store::openStore(url(), profile, slow, store::Access::ReadOnly, soon());
        QVERIFY(opened.has_value());
        std::stop_source stop;
        stop.request_stop();
        const auto cancelled = (*opened)->page({}, std::nullopt, fixtureNow(),
                                               base::Call::within(std::chrono::seconds(20), stop.get_token()));
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
        const auto late =
            (*opened)->page({}, std::nullopt, fixtureNow(), base::Call::within(std::chrono::milliseconds(400)));
        QVERIFY(!late);
        QCOMPARE(late.error().code, ErrorCode::Timeout);
        const auto stats = (*opened)->stats(fixtureNow(), base::Call::within(std::chrono::milliseconds(1'500)));
        QVERIFY(stats.has_value());
        QVERIFY(stats->estimated);
        QVERIFY2(stats->live > 500 && stats->live < 15'000, qPrintable(QString::number(stats->live)));

        store::StoreOptions small;
        small.scanPace.mostBytes = 2 << 20;
        opened = store::openStore(url(), profile, small, store::Access::ReadOnly, soon());
        const auto full = (*opened)->page({}, std::nullopt, fixtureNow(), soon());
        QVERIFY(!full);
        QCOMPARE(full.error().code, ErrorCode::TooManyMatched);
        QVERIFY(base::describe(full.error()).message.contains(QStringLiteral("2 MiB")));
    }

    void aServerThatGoesAwayIsSaid()
    {
        auto server = std::make_unique<test::RedisServer>();
        QVERIFY2(server->problem().isEmpty(), qPrintable(server->problem()));
        QString problem;
        test::loadRedis(server->url(), m_adapters, problem);
        const auto at = test::databaseAt("redis://127.0.0.1:" + QByteArray::number(server->port()));
        const auto sessions = test::openDetected(at, store::Access::Write, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        // A restart while it is connected: reading goes on by itself over a new connection.
        test::redisCommand(server->url(), {"CLIENT", "KILL", "TYPE", "normal"});
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        server->kill();
        const auto page = sessions->page({}, std::nullopt, fixtureNow(), soon());
        QVERIFY(!page);
        QVERIFY2(page.error().code == ErrorCode::ConnectRefused || page.error().code == ErrorCode::ConnectionLost,
                 qPrintable(base::oneLine(page.error())));
        std::vector<store::RowKey> keys;
        keys.push_back(
            keyOf("5e551000-0000-4000-8000-000000000001", QStringLiteral("f9aed7af-5b25-4009-8d8c-c690c5d7ab08")));
        QVERIFY(!sessions->deleteRows(keys, soon()));
    }

    void valuesTooLargeHideNoOthers()
    {
        RedisKeys keys{{"user:u1", userValue("u1", "u1@example.com")}};
        const QByteArray padding(100'000, 'x');
        for (int i = 0; i < 150; ++i) { // together more than one answer may hold
            const QByteArray token = "padded-" + QByteArray::number(i).rightJustified(16, '0');
            QByteArray value = sessionValue(token, "u1", "\"2026-07-01T00:00:00.000Z\"");
            value.insert(1, "\"padding\":\"" + padding + "\",");
            keys.insert("user:session:" + token, value);
        }
        const QByteArray huge = "huge-000000000000000000";
        keys.insert("user:session:" + huge, QByteArray(9 << 20, 'x'));
        load(keys);
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        const auto opened = store::openStore(url(), profile, {}, store::Access::Write, soon());
        QVERIFY(opened.has_value());
        store::SessionStore &sessions = **opened;
        const auto stats = sessions.stats(fixtureNow(), soon());
        QVERIFY2(stats.has_value(), stats ? "" : qPrintable(base::oneLine(stats.error())));
        QCOMPARE(stats->live, qint64{150});
        store::SessionQuery query;
        query.state = store::StateFilter::All;
        query.limit = 1'000;
        const auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
        QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
        QCOMPARE(page->sessions.size(), std::size_t{151});
        for (const auto &session : page->sessions) {
            const bool isHuge = session.fingerprint == base::Fingerprint::of(huge);
            QCOMPARE(session.state, isHuge ? SessionState::Unknown : SessionState::Live);
        }
        query.search = QStringLiteral("u1@");
        QCOMPARE(*sessions.count(query, fixtureNow(), soon()), qint64{150});
        // What was not read cannot be compared, so it is not deleted; it is said why.
        const store::RowKey key{base::SecretBytes(huge), base::SecretBytes(huge), base::Fingerprint::of(huge),
                                std::nullopt};
        const auto deleted = sessions.deleteRows({&key, 1}, soon());
        QVERIFY(!deleted);
        QVERIFY2(base::oneLine(deleted.error()).contains(QStringLiteral("holds 9437184 bytes")),
                 qPrintable(base::oneLine(deleted.error())));
    }

    void keysOfOthersAreNotTouchedWhereNamesAreOfTheirOwn()
    {
        load(renamed(m_adapters));
        // It ends as a user's key does, so it is looked at while the users' prefix is searched for.
        load({{"theirs:f9aed7af-5b25-4009-8d8c-c690c5d7ab08", "secret"}});
        test::redisCommand(m_server->url(), {"ACL", "SETUSER", "ours", "reset", "on", ">pw", "~s/*", "~people/*",
                                             "~oa/*", "~mail/*", "~vt/*", "~last*", "+@read", "+ping"});
        const auto at = test::databaseAt("redis://ours:pw@127.0.0.1:" + QByteArray::number(m_server->port()));
        QString problem;
        const auto sessions = test::openDetected(at, store::Access::ReadOnly, problem);
        QVERIFY2(sessions, qPrintable(problem));
        QCOMPARE(sessions->stats(fixtureNow(), soon())->live, qint64{7});
        test::redisCommand(m_server->url(), {"ACL", "DELUSER", "ours"});
    }

    void objectsOfOthersAreNoUsers_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("isUser");
        const auto row = [](const char *name, const QByteArray &members, bool isUser) {
            QTest::newRow(name) << "{\"id\":\"42\"," + members + '}' << isUser;
        };
        row("an adapter's", "\"email\":\"a@example.com\",\"emailVerified\":\"2026-01-01T00:00:00.000Z\"", true);
        row("without an address", "\"email\":null,\"emailVerified\":null", true);
        row("verified or not", "\"email\":\"a@example.com\",\"emailVerified\":true", false);
        row("no e-mail", "\"emailVerified\":null", false);
        row("another's e-mail", "\"email\":{\"address\":\"a@example.com\"},\"emailVerified\":null", false);
        row("a word for a time", "\"email\":\"a@example.com\",\"emailVerified\":\"yes\"", false);
        row("of the session alone", "\"name\":\"Ann\"", false);
    }
    void objectsOfOthersAreNoUsers()
    {
        QFETCH(QByteArray, value);
        QFETCH(bool, isUser);
        load({{"user:42", value}});
        const auto detected = store::detectSchema(url(), {}, soon());
        QVERIFY2(detected.has_value(), detected ? "" : qPrintable(base::oneLine(detected.error())));
        QCOMPARE(detected->best.has_value(), isUser);
        QCOMPARE(!detected->candidates.empty(), isUser);
    }

    void searchingKeepsItsPace()
    {
        RedisKeys keys;
        for (int i = 0; i < 3'000; ++i) {
            const QByteArray number = QByteArray::number(i).rightJustified(20, '0');
            keys.insert("user:u" + number, userValue("u" + number, number + "@example.com"));
            keys.insert("user:session:t" + number,
                        sessionValue("t" + number, "u" + number, "\"2026-07-01T00:00:00.000Z\""));
        }
        load(keys);
        store::SchemaProfile profile;
        store::KeyLayout::authJs().describe(profile);
        store::StoreOptions slow;
        slow.scanPace.keysPerSecond = 10'000;
        const auto opened = store::openStore(url(), profile, slow, store::Access::ReadOnly, soon());
        QVERIFY(opened.has_value());
        store::SessionQuery query;
        QCOMPARE(*(*opened)->count(query, fixtureNow(), soon()), qint64{3'000}); // from now on there is an index
        query.search = QStringLiteral("7@example");
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(*(*opened)->count(query, fixtureNow(), soon()), qint64{300});
        // The users of three steps of a thousand: the first begins at once, the others a tenth of a second apart.
        QVERIFY2(timer.elapsed() >= 190, qPrintable(QString::number(timer.elapsed())));
        query.search = QStringLiteral("8@example");
        const auto late = (*opened)->count(query, fixtureNow(), base::Call::within(std::chrono::milliseconds(150)));
        QVERIFY(!late);
        QCOMPARE(late.error().code, ErrorCode::Timeout);
    }
};

QTEST_GUILESS_MAIN(RedisTroubleTest)
#include "tst_RedisTrouble.moc"
