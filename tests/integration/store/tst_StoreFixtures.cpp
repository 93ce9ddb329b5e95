#include <QtTest>

#include <QJsonArray>

#include "core/base/ErrorText.h"
#include "tests/integration/store/StoreFixtures.h"

using namespace rollcall;
using rollcall::test::fixtureNow;

namespace {

const base::Call &soon()
{
    static base::Call call;
    call = base::Call::within(std::chrono::seconds(20));
    return call;
}

QString fingerprintOf(const QJsonValue &session)
{
    return base::Fingerprint::of(session.toObject().value(QStringLiteral("token")).toString().toUtf8()).text();
}

} // namespace

/// Every adapter's real tables, detected and read: what expected.json says must come out.
class StoreFixturesTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryAdapter_data();
    void readsEveryAdapter();

private:
    test::StoreFixtures m_fixtures;
};

void StoreFixturesTest::readsEveryAdapter_data()
{
    QTest::addColumn<QJsonObject>("expected");
    const QJsonObject all = test::fixtureExpectations();
    QCOMPARE(all.size(), 29);
    for (auto fixture = all.begin(); fixture != all.end(); ++fixture)
        QTest::newRow(qPrintable(fixture.key())) << fixture.value().toObject();
}

void StoreFixturesTest::readsEveryAdapter()
{
    QFETCH(QJsonObject, expected);
    const QString name = QString::fromUtf8(QTest::currentDataTag());
    QString problem;
    const auto url = m_fixtures.load(name, problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));

    const auto detection = store::detectSchema(url, {}, soon());
    QVERIFY2(detection.has_value(), detection ? "" : qPrintable(base::oneLine(detection.error())));
    QVERIFY(detection->best.has_value());
    const auto &profile = *detection->best;
    const auto text = [&](const char *key) { return expected.value(QLatin1StringView(key)).toString(); };
    // A schema is a database to MySQL, whose name is the test's.
    const QString schema =
        url.kind == store::DatabaseKind::MySql ? QString() : QString(profile.sessions.schema + QLatin1Char('.'));
    QCOMPARE(schema + profile.sessions.table, text("sessions_table"));
    QCOMPARE(profile.sessions.token, text("token_column"));
    QCOMPARE(profile.sessions.userId, text("user_column"));
    QCOMPARE(profile.sessions.expires, text("expires_column"));
    QVERIFY(profile.users && profile.accounts);
    QCOMPARE(profile.users->table, text("users_table"));
    QCOMPARE(profile.accounts->table, text("accounts_table"));
    QCOMPARE(profile.accounts->provider, text("provider_column"));
    const bool warned = !profile.warnings.filter(QStringLiteral("not unique")).isEmpty();
    QCOMPARE(!warned, expected.value(QStringLiteral("token_unique")).toBool());
    QVERIFY2(name.startsWith(profile.adapter) || name.startsWith(QStringLiteral("better-auth")),
             qPrintable(profile.adapter));

    const auto opened = store::openStore(url, profile, {}, store::Access::ReadOnly, soon());
    QVERIFY2(opened.has_value(), opened ? "" : qPrintable(base::oneLine(opened.error())));
    store::SessionStore &sessions = **opened;
    store::SessionQuery query;
    query.state = store::StateFilter::All;
    const auto page = sessions.page(query, std::nullopt, fixtureNow(), soon());
    QVERIFY2(page.has_value(), page ? "" : qPrintable(base::oneLine(page.error())));
    QCOMPARE(qint64(page->sessions.size()), qint64(expected.value(QStringLiteral("sessions")).toInt()));
    QVERIFY(!page->next);

    QHash<QString, session::ListedSession> byFingerprint;
    for (const auto &session : page->sessions)
        byFingerprint.insert(session.fingerprint.text(), session);
    QHash<QString, QStringList> providersOf;
    for (const QJsonValue &user : expected.value(QStringLiteral("user_list")).toArray()) {
        QStringList providers;
        for (const QJsonValue &provider : user.toObject().value(QStringLiteral("providers")).toArray())
            providers << provider.toString();
        providersOf.insert(user.toObject().value(QStringLiteral("name")).toString(), providers);
    }
    qint64 live = 0;
    qint64 expired = 0;
    qint64 orphans = 0;
    for (const char *list : {"live_sessions", "expired_sessions"}) {
        for (const QJsonValue &value : expected.value(QLatin1StringView(list)).toArray()) {
            const QJsonObject wanted = value.toObject();
            const auto found = byFingerprint.constFind(fingerprintOf(value));
            QVERIFY(found != byFingerprint.cend());
            const auto instant = base::parseTime(wanted.value(QStringLiteral("expires")).toString(), fixtureNow());
            QVERIFY(found->expires && instant);
            QVERIFY2(std::chrono::abs(*found->expires - *instant) <= std::chrono::seconds(1),
                     qPrintable(base::toIso(*found->expires)));
            if (wanted.value(QStringLiteral("orphan")).toBool()) {
                QCOMPARE(found->state, found->userId ? session::SessionState::Orphan : session::SessionState::Unknown);
                orphans += found->userId ? 1 : 0;
                continue;
            }
            const bool isLive = list == std::string_view("live_sessions");
            (isLive ? live : expired) += 1;
            QCOMPARE(found->state, isLive ? session::SessionState::Live : session::SessionState::Expired);
            QCOMPARE(found->name.value_or(QString()), wanted.value(QStringLiteral("name")).toString());
            QCOMPARE(found->email.value_or(QString()), wanted.value(QStringLiteral("email")).toString());
            QCOMPARE(found->providers, providersOf.value(found->name.value_or(QString())));
        }
    }
    const auto stats = sessions.stats(fixtureNow(), soon());
    QVERIFY2(stats.has_value(), stats ? "" : qPrintable(base::oneLine(stats.error())));
    QCOMPARE(stats->live, live);
    QCOMPARE(stats->expired, expired);
    QCOMPARE(stats->orphan, orphans);
    for (const auto &[state, number] : {std::pair{store::StateFilter::Live, live},
                                        {store::StateFilter::Expired, expired},
                                        {store::StateFilter::Orphan, orphans}}) {
        query.state = state;
        const auto counted = sessions.count(query, fixtureNow(), soon());
        QVERIFY(counted.has_value());
        QCOMPARE(*counted, number);
    }
    const QByteArray token = expected.value(QStringLiteral("live_sessions"))
                                 .toArray()
                                 .at(0)
                                 .toObject()
                                 .value(QStringLiteral("token"))
                                 .toString()
                                 .toUtf8();
    const auto row = sessions.lookup(token, soon());
    QVERIFY2(row.has_value() && row->has_value(), row ? "no row" : qPrintable(base::oneLine(row.error())));
    QVERIFY((*row)->hasUser);
    QCOMPARE((*row)->userEmail.value_or(QString()), QStringLiteral("ada@example.com"));
}

QTEST_GUILESS_MAIN(StoreFixturesTest)
#include "tst_StoreFixtures.moc"
