#include <QtTest>

#include "core/base/Secret.h"
#include "core/store/watch/FollowedSessions.h"

using namespace rollcall;
using namespace std::chrono_literals;
using session::ListedSession;
using session::SessionState;
using store::ChangeKind;
using store::Coverage;
using store::FollowedSessions;
using store::SessionChange;
using store::SessionLook;

namespace {

base::Instant second(int seconds)
{
    return base::Instant(std::chrono::seconds(seconds));
}

/// A live session called @p name, which is its row id, or where it begins with "#" only its token.
ListedSession live(const QString &name, int expires, int created = -1)
{
    ListedSession session;
    if (!name.startsWith(QLatin1Char('#')))
        session.id = name;
    session.fingerprint = base::SecretBytes(name.toUtf8()).fingerprint();
    session.name = name;
    session.state = SessionState::Live;
    if (expires >= 0)
        session.expires = second(expires);
    if (created >= 0)
        session.createdAt = second(created);
    return session;
}

ListedSession inState(ListedSession session, SessionState state)
{
    session.state = state;
    return session;
}

SessionLook all(int at, std::vector<ListedSession> rows)
{
    SessionLook look;
    look.coverage.at = second(at);
    look.rows = std::move(rows);
    return look;
}

/// A look that covers what expires before @p until and after @p from.
SessionLook ends(int at, int until, int from, std::vector<ListedSession> rows)
{
    SessionLook look = all(at, std::move(rows));
    look.coverage.complete = false;
    look.coverage.soonestUntil = second(until);
    look.coverage.latestFrom = second(from);
    return look;
}

QString shown(const SessionChange &change)
{
    static const QStringList names{QStringLiteral("signed-in"), QStringLiteral("extended"), QStringLiteral("shortened"),
                                   QStringLiteral("expired"), QStringLiteral("revoked")};
    return names.at(int(change.kind)) + (change.certain ? QStringLiteral(" ") : QStringLiteral("? ")) +
           change.session.name.value_or(QString());
}

/// Takes looks one after the other; what still exists is what the test put into `rows`.
struct Following
{
    FollowedSessions sessions;
    std::vector<ListedSession> rows;
    QStringList asked;

    QStringList take(SessionLook look)
    {
        asked.clear();
        const auto changes = sessions.take(std::move(look), [this](std::span<const ListedSession> questions) {
            std::vector<ListedSession> found;
            for (const ListedSession &question : questions) {
                asked << question.name.value_or(QString());
                for (const ListedSession &row : rows) {
                    if (row.name == question.name)
                        found.push_back(row);
                }
            }
            return base::Result<std::vector<ListedSession>>(std::move(found));
        });
        asked.sort();
        if (!changes)
            return {QStringLiteral("failed")};
        QStringList result;
        for (const SessionChange &change : *changes)
            result << shown(change);
        result.sort();
        return result;
    }
};

} // namespace

/// What changed between two looks, told from nothing but what they found.
class FollowedSessionsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void seesAllWhereALookCoversAll_data();
    void seesAllWhereALookCoversAll();
    void firstLookOnlyLearns();
    void tellsEndsApartByTheRow_data();
    void tellsEndsApartByTheRow();
    void seesNewOnesAtTheUpperEnd_data();
    void seesNewOnesAtTheUpperEnd();
    void asksForWhatLeftTheCoveredPart();
    void asksForTheOthersInTurns();
    void followsWhatIsInView();
    void findsTheSameAgainAfterAFailedLookUp();
    void keepsItsBound();
    void knowsWhenTheNextExpires();
};

void FollowedSessionsTest::seesAllWhereALookCoversAll_data()
{
    QTest::addColumn<std::vector<ListedSession>>("before");
    QTest::addColumn<std::vector<ListedSession>>("after");
    QTest::addColumn<QStringList>("changes");
    using Rows = std::vector<ListedSession>;
    const auto a = QStringLiteral("a");
    const auto b = QStringLiteral("b");
    const auto token = QStringLiteral("#t");
    QTest::newRow("nothing") << Rows{live(a, 500)} << Rows{live(a, 500)} << QStringList();
    QTest::newRow("signed in") << Rows{live(a, 500)} << Rows{live(a, 500), live(b, 900)}
                               << QStringList{QStringLiteral("signed-in b")};
    QTest::newRow("the first") << Rows{} << Rows{live(token, 900)} << QStringList{QStringLiteral("signed-in #t")};
    QTest::newRow("extended") << Rows{live(a, 500), live(token, 500)} << Rows{live(a, 900), live(token, 901)}
                              << QStringList{QStringLiteral("extended #t"), QStringLiteral("extended a")};
    QTest::newRow("shortened") << Rows{live(a, 900)} << Rows{live(a, 500)}
                               << QStringList{QStringLiteral("shortened a")};
    QTest::newRow("expired") << Rows{live(a, 105), live(b, 500)} << Rows{live(b, 500)}
                             << QStringList{QStringLiteral("expired a")};
    QTest::newRow("live in its last moment") << Rows{live(a, 110)} << Rows{live(a, 110)} << QStringList();
    QTest::newRow("revoked") << Rows{live(a, 500), live(token, 500)} << Rows{}
                             << QStringList{QStringLiteral("revoked #t"), QStringLiteral("revoked a")};
    QTest::newRow("never ends") << Rows{live(a, -1)} << Rows{live(a, -1)} << QStringList();
    QTest::newRow("never ends any more") << Rows{live(a, 500)} << Rows{live(a, -1)}
                                         << QStringList{QStringLiteral("extended a")};
    QTest::newRow("a token for another") << Rows{live(token, 500)} << Rows{live(QStringLiteral("#u"), 500)}
                                         << QStringList{QStringLiteral("revoked #t"), QStringLiteral("signed-in #u")};
    QTest::newRow("a row twice") << Rows{live(token, 500)} << Rows{live(token, 500), live(token, 400)} << QStringList();
}

void FollowedSessionsTest::seesAllWhereALookCoversAll()
{
    QFETCH(std::vector<ListedSession>, before);
    QFETCH(std::vector<ListedSession>, after);
    QFETCH(QStringList, changes);
    Following following;
    QCOMPARE(following.take(all(100, before)), QStringList());
    QCOMPARE(following.take(all(110, after)), changes);
    QCOMPARE(following.take(all(110, after)), QStringList()); // told once
}

void FollowedSessionsTest::firstLookOnlyLearns()
{
    Following following;
    QVERIFY(!following.sessions.coverage());
    QCOMPARE(following.take(all(100, {live(QStringLiteral("a"), 500)})), QStringList());
    QCOMPARE(following.sessions.size(), std::size_t(1));
    QVERIFY(following.asked.isEmpty());
}

void FollowedSessionsTest::tellsEndsApartByTheRow_data()
{
    QTest::addColumn<std::vector<ListedSession>>("rows");
    QTest::addColumn<QString>("change");
    using Rows = std::vector<ListedSession>;
    const ListedSession session = live(QStringLiteral("a"), 500);
    QTest::newRow("gone") << Rows{} << QStringLiteral("revoked a");
    QTest::newRow("its expiry was set to the past")
        << Rows{inState(live(QStringLiteral("a"), 50), SessionState::Expired)} << QStringLiteral("expired a");
    QTest::newRow("its user is gone") << Rows{inState(session, SessionState::Orphan)} << QStringLiteral("revoked a");
    QTest::newRow("its expiry is unreadable")
        << Rows{inState(session, SessionState::Unknown)} << QStringLiteral("revoked a");
}

void FollowedSessionsTest::tellsEndsApartByTheRow()
{
    QFETCH(std::vector<ListedSession>, rows);
    QFETCH(QString, change);
    Following following;
    QCOMPARE(following.take(all(100, {live(QStringLiteral("a"), 500)})), QStringList());
    following.rows = rows;
    QCOMPARE(following.take(all(110, {})), QStringList{change});
    QCOMPARE(following.asked, QStringList{QStringLiteral("a")});
}

void FollowedSessionsTest::seesNewOnesAtTheUpperEnd_data()
{
    QTest::addColumn<ListedSession>("session");
    QTest::addColumn<int>("highestId");
    QTest::addColumn<QStringList>("changes");
    QTest::newRow("made after the last look")
        << live(QStringLiteral("n"), 990, 105) << -1 << QStringList{QStringLiteral("signed-in n")};
    QTest::newRow("made by a clock behind ours")
        << live(QStringLiteral("n"), 990, 70) << -1 << QStringList{QStringLiteral("signed-in n")};
    QTest::newRow("made long ago") << live(QStringLiteral("n"), 990, 5) << -1
                                   << QStringList{QStringLiteral("extended n")};
    QTest::newRow("a higher number") << live(QStringLiteral("43"), 990) << 42
                                     << QStringList{QStringLiteral("signed-in 43")};
    QTest::newRow("a lower number") << live(QStringLiteral("41"), 990) << 42
                                    << QStringList{QStringLiteral("extended 41")};
    QTest::newRow("nothing tells") << live(QStringLiteral("#n"), 990) << -1
                                   << QStringList{QStringLiteral("signed-in? #n")};
    QTest::newRow("expires soon") << live(QStringLiteral("n"), 120, 105) << -1
                                  << QStringList{QStringLiteral("signed-in n")};
    QTest::newRow("slid into the window below") << live(QStringLiteral("n"), 205, 5) << -1 << QStringList();
    QTest::newRow("came into the window above") << live(QStringLiteral("n"), 795, 5) << -1 << QStringList();
}

void FollowedSessionsTest::seesNewOnesAtTheUpperEnd()
{
    QFETCH(ListedSession, session);
    QFETCH(int, highestId);
    QFETCH(QStringList, changes);
    Following following;
    if (highestId >= 0)
        following.sessions.setHighestId(highestId);
    const std::vector<ListedSession> rows{live(QStringLiteral("a"), 150, 3), live(QStringLiteral("z"), 900, 3)};
    following.rows = rows;
    QCOMPARE(following.take(ends(100, 200, 800, rows)), QStringList());
    auto more = rows;
    more.push_back(session);
    QCOMPARE(following.take(ends(110, 210, 790, more)), changes);
}

void FollowedSessionsTest::asksForWhatLeftTheCoveredPart()
{
    Following following;
    const ListedSession low = live(QStringLiteral("low"), 150);
    const ListedSession high = live(QStringLiteral("high"), 900);
    const ListedSession last = live(QStringLiteral("last"), 105);
    QCOMPARE(following.take(ends(100, 200, 800, {low, high, last})), QStringList());
    // One moved to the middle, one gone, one at its end.
    following.rows = {live(QStringLiteral("low"), 500), inState(last, SessionState::Expired)};
    QCOMPARE(
        following.take(ends(110, 200, 800, {})),
        (QStringList{QStringLiteral("expired last"), QStringLiteral("extended low"), QStringLiteral("revoked high")}));
    // In the middle it is followed still.
    following.rows.clear();
    QCOMPARE(following.take(ends(120, 200, 800, {})), QStringList{QStringLiteral("revoked low")});
}

void FollowedSessionsTest::asksForTheOthersInTurns()
{
    Following following;
    std::vector<ListedSession> rows;
    for (int i = 0; i < 1'200; ++i)
        rows.push_back(live(QStringLiteral("s%1").arg(i), 900));
    following.rows = rows;
    QCOMPARE(following.take(ends(100, 200, 800, rows)), QStringList());
    // Newer ones have pushed them all out of the covered part.
    QSet<QString> asked;
    for (int look = 1; look <= 3; ++look) {
        QCOMPARE(following.take(ends(100 + look, 200, 950, {})), QStringList());
        QVERIFY2(following.asked.size() <= qsizetype(FollowedSessions::askedPerLook), "asks for too many at once");
        asked.unite(QSet<QString>(following.asked.cbegin(), following.asked.cend()));
    }
    QCOMPARE(asked.size(), 1'200);
}

void FollowedSessionsTest::followsWhatIsInView()
{
    Following following;
    QCOMPARE(following.take(ends(100, 200, 800, {})), QStringList());
    const ListedSession middle = live(QStringLiteral("middle"), 500);
    following.sessions.setInView({middle, live(QStringLiteral("#token"), 500)});
    following.rows = {middle};
    QCOMPARE(following.take(ends(110, 200, 800, {})), QStringList());
    QCOMPARE(following.asked, QStringList{QStringLiteral("middle")}); // the other has no key to ask by
    following.rows = {live(QStringLiteral("middle"), 600)};
    QCOMPARE(following.take(ends(120, 200, 800, {})), QStringList{QStringLiteral("extended middle")});
    following.rows.clear();
    QCOMPARE(following.take(ends(130, 200, 800, {})), QStringList{QStringLiteral("revoked middle")});
}

void FollowedSessionsTest::findsTheSameAgainAfterAFailedLookUp()
{
    Following following;
    QCOMPARE(following.take(all(100, {live(QStringLiteral("a"), 500), live(QStringLiteral("b"), 500)})), QStringList());
    const auto broken = following.sessions.take(all(110, {live(QStringLiteral("b"), 700)}), [](const auto &) {
        return base::Result<std::vector<ListedSession>>(base::fail(base::Error(base::ErrorCode::ConnectionLost)));
    });
    QVERIFY(!broken);
    QCOMPARE(following.take(all(120, {live(QStringLiteral("b"), 700)})),
             (QStringList{QStringLiteral("extended b"), QStringLiteral("revoked a")}));
}

void FollowedSessionsTest::keepsItsBound()
{
    Following following;
    const ListedSession kept = live(QStringLiteral("kept"), 850);
    following.rows = {kept};
    for (int look = 0; look < 12; ++look) {
        std::vector<ListedSession> rows;
        for (int i = 0; i < 1'000; ++i)
            rows.push_back(live(QStringLiteral("#%1-%2").arg(look).arg(i), 1'000 + look * 10));
        (void)following.take(ends(100 + look, 200, 995 + look * 10, rows));
        following.sessions.setInView({kept});
    }
    QVERIFY(following.sessions.size() <= FollowedSessions::mostFollowed + 1);
    QVERIFY(following.sessions.size() > FollowedSessions::mostFollowed - 1'000);
    following.rows.clear();
    const QStringList changes = following.take(ends(200, 200, 1'200, {}));
    QCOMPARE(changes, QStringList{QStringLiteral("revoked kept")}); // what is in view is not forgotten
}

void FollowedSessionsTest::knowsWhenTheNextExpires()
{
    Following following;
    QVERIFY(!following.sessions.nextExpiry());
    (void)following.take(
        all(100, {live(QStringLiteral("a"), -1), live(QStringLiteral("b"), 700), live(QStringLiteral("c"), 300)}));
    QCOMPARE(following.sessions.nextExpiry(), std::optional(second(300)));
}

QTEST_GUILESS_MAIN(FollowedSessionsTest)
#include "tst_FollowedSessions.moc"
