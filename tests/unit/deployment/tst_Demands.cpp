#include <QtTest>

#include <unistd.h>

#include "core/deployment/Demands.h"

using namespace rollcall;
using deployment::ConnectionConfig;
using workspace::ConnectionProfile;
using workspace::Environment;

/// What saved connections demand of every other connection to the same place, however that is spelt.
class DemandsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePlaceIsKnown_data();
    void thePlaceIsKnown();
    void aSocketIsKnownByItsPath();
    void aFileIsKnownByItsLink();
    void aCacheIsAPlaceToo();
    void aRedisIsOnePlaceAsDatabaseAndAsCache();
    void whoWantApprovalAreNamed();
    void anUpstashAddressIsKnownWithoutItsToken();
    void aNameOfItsOwnStays();
    void theNamedOneDemandsWhateverTheAddress();
    void nothingIsDemandedWhereNothingIsSaid();
    void whatIsGivenUpIsFound_data();
    void whatIsGivenUpIsFound();

private:
    [[nodiscard]] static ConnectionProfile saved(const QString &database)
    {
        ConnectionProfile profile;
        profile.name = QStringLiteral("shop");
        profile.database = database;
        profile.needsApproval = true;
        profile.environment = Environment::Production;
        return profile;
    }
    [[nodiscard]] static ConnectionConfig configOf(const QString &database, const QString &cache = {})
    {
        ConnectionProfile profile;
        profile.database = database;
        profile.cache = cache;
        auto config = ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(1));
        return config ? std::move(*config) : ConnectionConfig();
    }
};

void DemandsTest::thePlaceIsKnown_data()
{
    QTest::addColumn<QString>("saved");
    QTest::addColumn<QString>("given");
    QTest::addColumn<bool>("mayBeSame");
    QTest::addColumn<bool>("isSame");
    const auto add = [](const char *left, const char *right, bool mayBeSame, bool isSame) {
        QTest::addRow("%s and %s", left, right)
            << QString::fromLatin1(left) << QString::fromLatin1(right) << mayBeSame << isSame;
    };
    const auto row = [&add](const char *left, const char *right, bool isSame) { add(left, right, isSame, isSame); };
    // What a demand must hold for, and is no proof of being the same.
    const auto guess = [&add](const char *left, const char *right) { add(left, right, true, false); };
    row("postgresql://localhost/shop", "postgresql://localhost:5432/shop", true);
    row("postgresql://localhost/shop", "postgres://other@127.0.0.1/shop", true);
    row("postgresql://127.0.0.1/shop", "postgresql://[::1]/shop", true);
    guess("postgresql://localhost/shop", "postgresql://127.0.0.2/shop");
    row("postgresql://localhost/shop", "postgresql://[::ffff:127.0.0.1]/shop", true);
    guess("postgresql://localhost/shop", "postgresql://0.0.0.0/shop");
    row("postgresql://localhost/shop", "postgresql://LocalHost./shop", true);
    guess("postgresql://localhost/shop", "postgresql://%2Fvar%2Frun%2Fpostgresql/shop");
    guess("postgresql://localhost/shop", "postgresql:///shop?host=/var/run/postgresql");
    row("postgresql://db.example.com/shop", "postgresql://DB.Example.com./shop", true);
    row("postgresql://10.0.0.1/shop", "postgresql://[::ffff:10.0.0.1]/shop", true);
    row("postgresql://[2001:db8::1]/shop", "postgresql://[2001:0db8:0:0::1]/shop", true);
    row("postgresql://shop@localhost", "postgresql://localhost/shop", true);
    row("mysql://localhost/shop", "mariadb://127.0.0.1:3306/shop", true);
    guess("mysql://localhost/shop", "mysql://localhost/shop?socket=/run/mysqld/mysqld.sock");
    guess("postgresql://%2Fone/shop", "postgresql://%2Fother/shop");
    guess("mysql://localhost/shop?socket=/one.sock", "mysql://localhost/shop?socket=/other.sock");
    guess("postgresql://127.0.0.1/shop", "postgresql://127.0.0.2/shop");
    guess("redis://127.0.0.2/1", "redis://localhost/1");
    row("postgresql://%2Fone/shop", "postgresql:///shop?host=/one/", true);
    row("redis://localhost/2", "redis://somebody@127.0.0.1:6379/2", true);
    row("redis://cache.example.com/2", "rediss://Cache.example.com:6379/2", true);
    row("postgresql://localhost/shop", "postgresql://localhost/other", false);
    row("postgresql://localhost/shop", "postgresql://localhost:5433/shop", false);
    row("postgresql://localhost/shop", "postgresql://db.example.com/shop", false);
    row("postgresql://db.example.com/shop", "postgresql://db2.example.com/shop", false);
    row("postgresql://localhost/shop", "postgresql://127.0.0.1.example.com/shop", false);
    row("postgresql://localhost:3306/shop", "mysql://localhost:3306/shop", false);
    row("postgresql://10.0.0.1/shop", "postgresql://10.0.0.2/shop", false);
    row("redis://localhost/2", "redis://localhost/3", false);
    row("redis://localhost:6380/2", "redis://localhost/2", false);
}

void DemandsTest::thePlaceIsKnown()
{
    QFETCH(const QString, saved);
    QFETCH(const QString, given);
    QFETCH(const bool, mayBeSame);
    QFETCH(const bool, isSame);
    for (const auto &[one, other] : {std::pair(saved, given), std::pair(given, saved)}) {
        ConnectionConfig config = configOf(other);
        QVERIFY2(config.database, qPrintable(other));
        deployment::holdToDemands(config, {DemandsTest::saved(one)});
        QCOMPARE(config.profile.needsApproval, mayBeSame);
        QCOMPARE(config.profile.environment == Environment::Production, mayBeSame);
        QCOMPARE(config.profile.name, mayBeSame ? QStringLiteral("shop") : QString());
        const QString address = configOf(one).database->withoutPassword();
        QCOMPARE(deployment::isDatabaseOf(config, address), isSame);
        const ConnectionProfile demands = deployment::demandsOn(address, {}, {DemandsTest::saved(other)});
        QCOMPARE(demands.environment == Environment::Production, mayBeSame);
    }
}

void DemandsTest::aSocketIsKnownByItsPath()
{
    const QTemporaryDir folder;
    for (const char *name : {"one", "other"})
        QVERIFY(QDir(folder.path()).mkdir(QString::fromLatin1(name)));
    const QString link = folder.filePath(QStringLiteral("link"));
    QVERIFY(QFile::link(folder.filePath(QStringLiteral("one")), link));
    const auto in = [](const QString &path) { return QStringLiteral("postgresql://me@/shop?host=%1").arg(path); };
    const ConnectionConfig one = configOf(in(folder.filePath(QStringLiteral("one"))));
    QVERIFY(one.database);
    const auto isThere = [&one, &in](const QString &path) {
        return deployment::isDatabaseOf(one, configOf(in(path)).database->withoutPassword());
    };
    QVERIFY(isThere(folder.filePath(QStringLiteral("one"))));
    QVERIFY(isThere(link));
    QVERIFY(!isThere(folder.filePath(QStringLiteral("other"))));
    // As older builds wrote it.
    const QString plain = QStringLiteral("postgresql://me@%1:5432/shop");
    QVERIFY(deployment::isDatabaseOf(one, plain.arg(folder.filePath(QStringLiteral("one")))));
    QVERIFY(!deployment::isDatabaseOf(one, plain.arg(folder.filePath(QStringLiteral("other")))));
}

void DemandsTest::aFileIsKnownByItsLink()
{
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("shop.db"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    const QString link = folder.filePath(QStringLiteral("link.db"));
    QVERIFY(QFile::link(path, link));
    const QString hard = folder.filePath(QStringLiteral("hard.db"));
    QCOMPARE(::link(qPrintable(path), qPrintable(hard)), 0);
    for (const QString &given : {link, hard, folder.filePath(QStringLiteral("./shop.db"))}) {
        ConnectionConfig config = configOf(QStringLiteral("sqlite:") + given);
        deployment::holdToDemands(config, {saved(QStringLiteral("sqlite:") + path)});
        QVERIFY(config.profile.needsApproval);
        QCOMPARE(config.profile.environment, Environment::Production);
        QVERIFY(deployment::isDatabaseOf(config, QStringLiteral("sqlite:") + path));
    }
}

void DemandsTest::aCacheIsAPlaceToo()
{
    ConnectionProfile profile = saved(QStringLiteral("postgresql://db.example.com/shop"));
    profile.cache = QStringLiteral("redis://cache.example.com/1");
    ConnectionConfig config = configOf({}, QStringLiteral("redis://cache.example.com.:6379/1"));
    deployment::holdToDemands(config, {profile});
    QCOMPARE(config.profile.environment, Environment::Production);
    QVERIFY2(!config.profile.needsApproval, "approval is of revocations, of another database's none");
}

void DemandsTest::aRedisIsOnePlaceAsDatabaseAndAsCache()
{
    const QString address = QStringLiteral("redis://cache.example.com/1");
    ConnectionProfile asCache = saved(QStringLiteral("postgresql://db.example.com/shop"));
    asCache.cache = address;
    for (const ConnectionProfile &profile : {saved(address), asCache}) {
        for (ConnectionConfig &config : std::array{configOf(address), configOf({}, address)}) {
            deployment::holdToDemands(config, {profile});
            QCOMPARE(config.profile.environment, Environment::Production);
            QCOMPARE(config.profile.needsApproval, profile.cache.isEmpty());
        }
    }
}

void DemandsTest::whoWantApprovalAreNamed()
{
    ConnectionProfile plain = saved(QStringLiteral("postgresql://localhost/shop"));
    plain.name = QStringLiteral("plain");
    plain.needsApproval = false;
    const ConnectionProfile demanding = saved(QStringLiteral("postgresql://127.0.0.1/shop"));
    const ConnectionProfile elsewhere = saved(QStringLiteral("postgresql://127.0.0.1/other"));
    const ConnectionConfig config = configOf(QStringLiteral("postgresql://localhost/shop"));
    QCOMPARE(deployment::whoWantApproval(config, {plain, demanding, elsewhere}), QStringList{demanding.name});
    QVERIFY(deployment::whoWantApproval(config, {plain}).isEmpty());
}

void DemandsTest::anUpstashAddressIsKnownWithoutItsToken()
{
    ConnectionProfile profile = saved(QStringLiteral("upstash:https://eu1.upstash.io"));
    profile.cache = profile.database;
    const QString whole = QStringLiteral("upstash:https://default:token@EU1.upstash.io");
    for (ConnectionConfig &config : std::array{configOf(whole), configOf({}, whole)}) {
        QVERIFY(config.database || config.cache);
        deployment::holdToDemands(config, {profile});
        QCOMPARE(config.profile.environment, Environment::Production);
    }
}

void DemandsTest::aNameOfItsOwnStays()
{
    ConnectionConfig config = configOf(QStringLiteral("postgresql://localhost/shop"));
    config.profile.name = QStringLiteral("side");
    deployment::holdToDemands(config, {saved(QStringLiteral("postgresql://127.0.0.1/shop"))});
    QCOMPARE(config.profile.environment, Environment::Production);
    QCOMPARE(config.profile.name, QStringLiteral("side"));
    // So does that of what was begun by one of the saved connections.
    ConnectionProfile side = saved(QStringLiteral("postgresql://127.0.0.1/shop"));
    side.name = QStringLiteral("side");
    const std::vector<ConnectionProfile> both{saved(QStringLiteral("postgresql://127.0.0.1/shop")), side};
    const auto nameFor = [&](const char *name) {
        return deployment::demandsOn(QStringLiteral("postgresql://localhost/shop"), QString::fromLatin1(name), both)
            .name;
    };
    QCOMPARE(nameFor("side"), QStringLiteral("side"));
    QCOMPARE(nameFor("postgresql://localhost/shop"), QStringLiteral("shop"));
}

void DemandsTest::theNamedOneDemandsWhateverTheAddress()
{
    const std::vector<ConnectionProfile> all{saved(QStringLiteral("postgresql://localhost/shop"))};
    const QString elsewhere = QStringLiteral("sqlite:/elsewhere.db");
    const ConnectionProfile named = deployment::demandsOn(elsewhere, QStringLiteral("shop"), all);
    QCOMPARE(named.environment, Environment::Production);
    QVERIFY(named.needsApproval);
    QCOMPARE(named.name, QStringLiteral("shop"));
    QCOMPARE(deployment::demandsOn(elsewhere, elsewhere, all).environment, Environment::Development);
    // What cannot be read may be any of them.
    const QString unreadable = QStringLiteral("postgresql://me@h:5432/50%");
    const ConnectionProfile any = deployment::demandsOn(unreadable, unreadable, all);
    QCOMPARE(any.environment, Environment::Production);
    QCOMPARE(any.name, QStringLiteral("shop"));
    QCOMPARE(deployment::demandsOn(unreadable, unreadable, {}).environment, Environment::Development);
}

void DemandsTest::nothingIsDemandedWhereNothingIsSaid()
{
    ConnectionProfile plain = saved(QStringLiteral("postgresql://localhost/shop"));
    plain.needsApproval = false;
    plain.environment = Environment::Staging;
    ConnectionProfile unreadable = saved(QStringLiteral("nonsense"));
    ConnectionConfig config = configOf(QStringLiteral("postgresql://localhost/shop"));
    deployment::holdToDemands(config, {plain, unreadable});
    QVERIFY(!config.profile.needsApproval);
    QCOMPARE(config.profile.environment, Environment::Development);
    QVERIFY(config.profile.name.isEmpty());
}

void DemandsTest::whatIsGivenUpIsFound_data()
{
    QTest::addColumn<QString>("database");
    QTest::addColumn<QString>("cache");
    QTest::addColumn<QString>("newDatabase");
    QTest::addColumn<QString>("newCache");
    QTest::addColumn<bool>("production");
    QTest::addColumn<bool>("approval");
    const auto row = [](const char *name, const char *database, const char *cache, const char *newDatabase,
                        const char *newCache, bool production, bool approval) {
        QTest::newRow(name) << QString::fromLatin1(database) << QString::fromLatin1(cache)
                            << QString::fromLatin1(newDatabase) << QString::fromLatin1(newCache) << production
                            << approval;
    };
    const char *const shop = "postgresql://localhost/shop";
    const char *const redis = "redis://cache.example.com/1";
    row("as it was", shop, redis, shop, redis, false, false);
    row("spelt otherwise", shop, redis, "postgres://me@127.0.0.1:5432/shop", "redis://Cache.example.com.:6379/1", false,
        false);
    row("a cache more", shop, "", shop, redis, false, false);
    row("no cache", shop, redis, shop, "", true, false);
    row("another cache", shop, redis, shop, "redis://cache.example.com/2", true, false);
    row("another database", shop, redis, "postgresql://localhost/other", redis, true, true);
    row("the database as a cache", redis, "", shop, redis, false, true);
    row("the cache as the database", shop, redis, redis, "", true, true);
    row("the two exchanged", redis, "redis://cache.example.com/2", "redis://cache.example.com/2", redis, false, true);
    row("no database", "", "", "", "", false, false);
    row("a first one", "", "", shop, redis, false, false);
    row("unreadable", "nonsense", "also", "nonsense", "also", false, false);
    row("unreadable no longer", "nonsense", "", shop, "", true, true);
    row("no longer readable", shop, "", "nonsense", "", true, true);
}

void DemandsTest::whatIsGivenUpIsFound()
{
    QFETCH(const QString, database);
    QFETCH(const QString, cache);
    QFETCH(const QString, newDatabase);
    QFETCH(const QString, newCache);
    QFETCH(const bool, production);
    QFETCH(const bool, approval);
    ConnectionProfile old = saved(database);
    old.cache = cache;
    ConnectionProfile now = saved(newDatabase);
    now.cache = newCache;
    deployment::GivenUp lost = deployment::givenUpBy(old, now);
    QCOMPARE(lost.production, production);
    QCOMPARE(lost.approval, approval);
    // A connection that demands nothing has nothing to give up.
    old.needsApproval = false;
    old.environment = Environment::Staging;
    QCOMPARE(deployment::givenUpBy(old, now), deployment::GivenUp());
    // One that no longer demands it gives it up, wherever it is.
    lost = deployment::givenUpBy(now, old);
    QVERIFY(lost.production && lost.approval);
    QVERIFY(!lost.isWithin({}) && lost.isWithin(lost) && deployment::GivenUp().isWithin({}));
}

QTEST_GUILESS_MAIN(DemandsTest)
#include "tst_Demands.moc"
