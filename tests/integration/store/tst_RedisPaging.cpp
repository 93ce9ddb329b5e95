#include <QtTest>

#include <random>

#include "core/base/ErrorText.h"
#include "core/store/redis/RedisSessionStore.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"

using namespace rollcall;
using base::ErrorCode;
using rollcall::test::RedisKeys;
using store::SessionOrder;
using store::StateFilter;

namespace {

const base::Instant now = *base::parseTime(QStringLiteral("2026-06-15T12:00:00Z"), {});

const base::Call &soon()
{
    static base::Call call;
    call = base::Call::within(std::chrono::seconds(20));
    return call;
}

struct Session
{
    QByteArray user;
    base::Instant expires;
};
using Sessions = QMap<QString, Session>; ///< by fingerprint; in order, so that the same draws meet the same sessions

/// Passes commands on, and does something else before each script.
class Meddler final : public redis::RedisChannel
{
public:
    Meddler(redis::RedisChannel &channel, std::function<void(int script)> before)
        : m_channel(channel), m_before(std::move(before))
    {}
    base::Result<std::vector<redis::RedisReply>> pipeline(std::span<const redis::RedisCommand> commands,
                                                          const base::Call &call) override
    {
        if (commands.front().front() == "EVAL")
            m_before(++scripts);
        return m_channel.pipeline(commands, call);
    }
    int scripts = 0;

private:
    redis::RedisChannel &m_channel;
    std::function<void(int)> m_before;
};

} // namespace

/// Listing and changing what others change meanwhile.
class RedisPagingTest final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::RedisServer> m_server;
    std::mt19937 m_random{20260615};
    int m_number = 0;

    quint32 draw(quint32 below) { return std::uniform_int_distribution<quint32>(0, below - 1)(m_random); }

    [[nodiscard]] std::unique_ptr<store::SessionStore> open(store::ScanPace pace = {}) const
    {
        store::StoreOptions options;
        options.scanPace = pace;
        return std::make_unique<store::RedisSessionStore>(redis::makeChannel(m_server->url(), {}),
                                                          store::KeyLayout::authJs(), options, store::Access::Write);
    }
    /// Draws a session, with ends that often meet, and adds it.
    void add(Sessions &sessions, RedisKeys &keys)
    {
        const QByteArray token = "token-" + QByteArray::number(++m_number);
        const Session drawn{"u" + QByteArray::number(draw(40)), now + std::chrono::hours(int(draw(20)) - 10)};
        keys.insert("user:session:" + token,
                    test::sessionValue(token, drawn.user, "\"" + base::toIso(drawn.expires).toLatin1() + "\""));
        sessions.insert(base::Fingerprint::of(token).text(), drawn);
        m_tokens.insert(base::Fingerprint::of(token).text(), token);
    }
    void load(const RedisKeys &keys) const
    {
        QString problem;
        test::loadRedis(m_server->url(), keys, problem);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
    [[nodiscard]] store::SessionQuery drawQuery()
    {
        store::SessionQuery query;
        query.state = static_cast<StateFilter>(draw(4));
        query.order = static_cast<SessionOrder>(draw(3));
        query.descending = draw(2) == 0;
        query.limit = 1 + int(draw(90));
        if (draw(3) == 0)
            query.expiresAfter = now - std::chrono::hours(int(draw(8)));
        if (draw(3) == 0)
            query.expiresBefore = now + std::chrono::hours(int(draw(8)));
        if (draw(4) == 0)
            query.user = QStringLiteral("u%1").arg(draw(40));
        if (draw(4) == 0)
            query.search = QStringLiteral("nU%1").arg(draw(4));
        return query;
    }
    /// The plain answer: users u0 to u29 exist, named Nu0 to Nu29.
    [[nodiscard]] static bool matches(const Session &session, const store::SessionQuery &query)
    {
        const int number = session.user.sliced(1).toInt();
        const bool exists = number < 30;
        const bool live = session.expires >= now;
        const bool inState = query.state == StateFilter::All || (query.state == StateFilter::Orphan && !exists) ||
                             (query.state == StateFilter::Live && exists && live) ||
                             (query.state == StateFilter::Expired && exists && !live);
        const QString name = QStringLiteral("nu%1").arg(number);
        return inState && (!query.expiresAfter || session.expires >= *query.expiresAfter) &&
               (!query.expiresBefore || session.expires < *query.expiresBefore) &&
               (!query.user || session.user == query.user->toUtf8()) &&
               (!query.search || (exists && name.contains(query.search->toLower())));
    }
    QHash<QString, QByteArray> m_tokens;

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::RedisServer>();
        QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
    }
    void init()
    {
        test::redisCommand(m_server->url(), {"FLUSHALL"});
        RedisKeys users;
        for (int i = 0; i < 30; ++i) {
            const QByteArray id = "u" + QByteArray::number(i);
            users.insert("user:" + id, test::userValue(id, id + "@mail.test"));
        }
        load(users);
    }

    /// The union of the pages is the set, no row comes twice, and the order holds: whatever the filter, and whichever
    /// of several processes is asked for the next page.
    void pagesAreTheSet()
    {
        Sessions all;
        RedisKeys keys;
        for (int i = 0; i < 700; ++i)
            add(all, keys);
        load(keys);
        const auto one = open({.keysAtOnce = 50});
        const auto other = open();
        for (int round = 0; round < 150; ++round) {
            const store::SessionQuery query = drawQuery();
            QSet<QString> expected;
            for (auto session = all.cbegin(); session != all.cend(); ++session) {
                if (matches(*session, query))
                    expected.insert(session.key());
            }
            QSet<QString> seen;
            std::optional<session::ListedSession> last;
            std::optional<QByteArray> cursor;
            do {
                const auto page = (draw(2) == 0 ? one : other)->page(query, cursor, now, soon());
                QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
                QVERIFY(page->sessions.size() <= std::size_t(query.limit));
                QVERIFY(!page->next || page->sessions.size() == std::size_t(query.limit));
                for (const auto &session : page->sessions) {
                    QVERIFY(!seen.contains(session.fingerprint.text()));
                    seen.insert(session.fingerprint.text());
                    if (last && query.order == SessionOrder::Expires)
                        QVERIFY(query.descending ? *session.expires <= *last->expires
                                                 : *session.expires >= *last->expires);
                    if (last && query.order == SessionOrder::User)
                        QVERIFY(query.descending ? *session.userId <= *last->userId : *session.userId >= *last->userId);
                    last = session;
                }
                cursor = page->next;
            } while (cursor);
            QCOMPARE(seen, expected);
            QCOMPARE(one->count(query, now, soon()).value_or(-1), qint64(expected.size()));
        }
    }

    /// What is there from the first page to the last comes exactly once, whatever comes and goes meanwhile.
    void pagesHoldWhileOthersWrite()
    {
        for (int round = 0; round < 30; ++round) {
            test::redisCommand(m_server->url(), {"FLUSHALL"});
            init();
            Sessions all;
            RedisKeys keys;
            for (int i = 0; i < 300; ++i)
                add(all, keys);
            load(keys);
            store::SessionQuery query = drawQuery();
            query.limit = 1 + int(draw(40));
            Sessions stayed = all;
            QSet<QString> deleted;
            QHash<QString, int> seen;
            std::optional<QByteArray> cursor;
            auto sessions = open();
            int pages = 0;
            do {
                const auto page = sessions->page(query, cursor, now, soon());
                QVERIFY(page.has_value());
                ++pages;
                for (const auto &session : page->sessions) {
                    seen[session.fingerprint.text()] += 1;
                    QVERIFY(!deleted.contains(session.fingerprint.text()));
                }
                cursor = page->next;
                // Others do not write for ever: ten new sessions a page outrun pages of one or two.
                if (pages > 30)
                    continue;
                RedisKeys more;
                for (int i = 0; i < 10; ++i)
                    add(all, more);
                load(more);
                for (int i = 0; i < 5 && !stayed.isEmpty(); ++i) {
                    const QString gone = stayed.keys().at(qsizetype(draw(quint32(stayed.size()))));
                    test::redisCommand(m_server->url(), {"DEL", "user:session:" + m_tokens.value(gone)});
                    stayed.remove(gone);
                    deleted.insert(gone);
                }
                if (draw(3) == 0)
                    sessions = open(); // as another process would
            } while (cursor);
            for (const int times : std::as_const(seen))
                QCOMPARE(times, 1);
            for (auto session = stayed.cbegin(); session != stayed.cend(); ++session)
                QCOMPARE(seen.contains(session.key()), matches(*session, query));
        }
    }

    /// Rows are shown as they are when their page is asked for: what has gone or no longer fits makes room for the
    /// next.
    void whatNoLongerFitsIsNotShown()
    {
        const auto end = [](int day) -> QByteArray {
            return "\"2026-06-" + QByteArray::number(day) + "T12:00:00.000Z\"";
        };
        RedisKeys keys;
        for (int i = 0; i < 6; ++i) {
            const QByteArray token = "token-" + QByteArray::number(i);
            keys.insert("user:session:" + token, test::sessionValue(token, "u1", end(10 + i)));
        }
        load(keys); // of 10 to 15 June, all of them expired on the 20th
        const auto sessions = open();
        store::SessionQuery query;
        query.state = StateFilter::Expired;
        query.limit = 2;
        const base::Instant later = now + std::chrono::hours(5 * 24);
        const auto first = sessions->page(query, std::nullopt, later, soon());
        QVERIFY(first && first->next && first->sessions.size() == 2);
        // The third is extended, the fourth signs out.
        load({{"user:session:token-2", test::sessionValue("token-2", "u1", end(30))}});
        test::redisCommand(m_server->url(), {"DEL", "user:session:token-3"});
        const auto second = sessions->page(query, first->next, later, soon());
        QVERIFY(second && !second->next);
        QCOMPARE(second->sessions.size(), std::size_t{2});
        QCOMPARE(second->sessions.front().fingerprint, base::Fingerprint::of("token-4"));
        QCOMPARE(second->sessions.back().fingerprint, base::Fingerprint::of("token-5"));
    }

    /// A session that is refreshed, or changes hands, between being read and being deleted.
    void deletesWhatIsThereThen()
    {
        const QByteArray token = "token-of-somebody";
        const QByteArray key = "user:session:" + token;
        const store::KeyLayout layout = store::KeyLayout::authJs();
        const auto channel = redis::makeChannel(m_server->url(), {});
        const auto write = [&](const QByteArray &user, int minute) {
            const QByteArray end =
                "\"2026-07-01T00:" + QByteArray::number(minute).rightJustified(2, '0') + ":00.000Z\"";
            QCOMPARE(test::redisCommand(m_server->url(), {"SET", key, test::sessionValue(token, user, end)}),
                     QByteArray("OK"));
        };
        const auto remove = [&](const std::function<void(int)> &before) {
            write("u1", 0);
            Meddler meddler(*channel, before);
            store::KeyReader reader(meddler, QStringLiteral("*"));
            store::RedisWriter writer(reader, meddler, layout, QTimeZone::utc());
            std::vector<store::RowKey> keys;
            keys.push_back({base::SecretBytes(token), base::SecretBytes(token), base::Fingerprint::of(token),
                            QStringLiteral("u1")});
            return std::pair(writer.deleteSessions(keys, soon()), meddler.scripts);
        };
        const auto refreshed = remove([&](int script) {
            if (script == 1)
                write("u1", 1);
        });
        QVERIFY(refreshed.first.has_value());
        QCOMPARE(refreshed.first->front(), store::DeleteOutcome::Deleted);
        QCOMPARE(refreshed.second, 2);
        QCOMPARE(test::redisCommand(m_server->url(), {"EXISTS", key}), QByteArray("0"));

        const auto changedHands = remove([&](int) { write("u2", 1); });
        QVERIFY(changedHands.first.has_value());
        QCOMPARE(changedHands.first->front(), store::DeleteOutcome::Changed);
        QCOMPARE(test::redisCommand(m_server->url(), {"EXISTS", key}), QByteArray("1"));

        const auto gone = remove([&](int) { test::redisCommand(m_server->url(), {"DEL", key}); });
        QCOMPARE(gone.first->front(), store::DeleteOutcome::AlreadyGone);

        const auto never = remove([&](int script) { write("u1", script % 60); });
        QVERIFY(!never.first);
        QCOMPARE(never.first.error().code, ErrorCode::DatabaseUnavailable);
        QCOMPARE(test::redisCommand(m_server->url(), {"EXISTS", key}), QByteArray("1"));
    }
};

QTEST_GUILESS_MAIN(RedisPagingTest)
#include "tst_RedisPaging.moc"
