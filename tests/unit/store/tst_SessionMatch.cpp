#include <QtTest>

#include "core/store/SessionMatch.h"

using namespace rollcall;
using session::ListedSession;
using session::SessionState;
using store::SessionQuery;
using store::StateFilter;

namespace {

base::Instant second(int seconds)
{
    return base::Instant(std::chrono::seconds(seconds));
}

ListedSession ada()
{
    ListedSession session;
    session.userId = QStringLiteral("7");
    session.name = QStringLiteral("Ada Example");
    session.email = QStringLiteral("ada@example.com");
    session.providers = {QStringLiteral("github")};
    session.expires = second(100);
    session.state = SessionState::Live;
    return session;
}

} // namespace

/// Whether a session that was read already would be listed: as the databases answer.
class SessionMatchTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
};

void SessionMatchTest::matches_data()
{
    QTest::addColumn<std::function<void(SessionQuery &, ListedSession &)>>("change");
    QTest::addColumn<bool>("listed");
    const auto row = [](const char *name, bool listed, std::function<void(SessionQuery &, ListedSession &)> change) {
        QTest::newRow(name) << std::move(change) << listed;
    };
    row("as it is", true, [](auto &, auto &) {});
    row("expired, not live", false, [](auto &, auto &session) { session.state = SessionState::Expired; });
    row("orphan among expired", false, [](auto &query, auto &session) {
        query.state = StateFilter::Expired;
        session.state = SessionState::Orphan;
    });
    row("orphan", true, [](auto &query, auto &session) {
        query.state = StateFilter::Orphan;
        session.state = SessionState::Orphan;
    });
    row("unknown among all", true, [](auto &query, auto &session) {
        query.state = StateFilter::All;
        session.state = SessionState::Unknown;
    });
    row("before, exclusive", false, [](auto &query, auto &) { query.expiresBefore = second(100); });
    row("before", true, [](auto &query, auto &) { query.expiresBefore = second(101); });
    row("after, inclusive", true, [](auto &query, auto &) { query.expiresAfter = second(100); });
    row("after", false, [](auto &query, auto &) { query.expiresAfter = second(101); });
    row("after, without an expiry", false, [](auto &query, auto &session) {
        query.expiresAfter = second(1);
        session.expires.reset();
    });
    row("user by id", true, [](auto &query, auto &) { query.user = QStringLiteral("7"); });
    row("user by e-mail", true, [](auto &query, auto &) { query.user = QStringLiteral("ada@example.com"); });
    row("another user", false, [](auto &query, auto &) { query.user = QStringLiteral("ada"); });
    row("provider", true, [](auto &query, auto &) { query.provider = QStringLiteral("github"); });
    row("another provider", false, [](auto &query, auto &) { query.provider = QStringLiteral("google"); });
    row("no provider", false, [](auto &query, auto &) { query.provider = QStringLiteral("none"); });
    row("none, as asked", true, [](auto &query, auto &session) {
        query.provider = QStringLiteral("none");
        session.providers.clear();
    });
    row("part of the name", true, [](auto &query, auto &) { query.search = QStringLiteral("A EX"); });
    row("part of the e-mail", true, [](auto &query, auto &) { query.search = QStringLiteral("@example"); });
    row("part of neither", false, [](auto &query, auto &) { query.search = QStringLiteral("ben"); });
    row("an empty part", true, [](auto &query, auto &) { query.search = QString(); });
    row("all of it", true, [](auto &query, auto &) {
        query.user = QStringLiteral("7");
        query.provider = QStringLiteral("github");
        query.search = QStringLiteral("ada");
        query.expiresBefore = second(200);
    });
    row("one of it not", false, [](auto &query, auto &) {
        query.user = QStringLiteral("8");
        query.provider = QStringLiteral("github");
        query.search = QStringLiteral("ada");
    });
}

void SessionMatchTest::matches()
{
    using Change = std::function<void(SessionQuery &, ListedSession &)>;
    QFETCH(Change, change);
    QFETCH(bool, listed);
    SessionQuery query;
    ListedSession session = ada();
    change(query, session);
    QCOMPARE(store::matches(query, session), listed);
}

QTEST_GUILESS_MAIN(SessionMatchTest)
#include "tst_SessionMatch.moc"
