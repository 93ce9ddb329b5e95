#include <QtTest>

#include "core/deployment/ConnectionConfig.h"

using namespace rollcall;
using deployment::ConnectionConfig;

class ConnectionConfigTest final : public QObject
{
    Q_OBJECT

private:
    static base::Result<ConnectionConfig> from(const std::function<void(workspace::ConnectionProfile &)> &change,
                                               workspace::ConnectionSecrets secrets = {})
    {
        workspace::ConnectionProfile profile;
        change(profile);
        return ConnectionConfig::from(std::move(profile), std::move(secrets), std::chrono::seconds(3));
    }

private Q_SLOTS:
    void readsTheBaseUrl_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("origin");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *name, const char *text, const char *origin, const char *error) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(origin) << QString::fromUtf8(error);
        };
        row("https", "https://shop.test", "https://shop.test", "");
        row("port and slash", " http://localhost:3000/ ", "http://localhost:3000", "");
        row("no scheme", "shop.test", "", "UrlInvalid");
        row("no scheme but a port", "shop.test:3000", "", "UrlInvalid");
        row("other scheme", "ftp://shop.test", "", "UrlSchemeUnsupported");
        row("no host", "https://", "", "UrlInvalid");
        row("password", "https://ada:pw@shop.test", "", "UrlInvalid");
        row("path", "https://shop.test/api/auth", "", "UrlInvalid");
        row("blank inside", "https://shop test", "", "UrlInvalid");
    }
    void readsTheBaseUrl()
    {
        QFETCH(QString, text);
        QFETCH(QString, error);
        const auto config = from([&](auto &profile) { profile.baseUrl = text; });
        QCOMPARE(config ? QString() : base::errorName(config.error().code), error);
        if (config)
            QTEST(config->baseUrl->toString(), "origin");
        else
            QVERIFY(!config.error().param(base::ErrorParam::Detail).contains(u"pw"));
    }

    void normalisesTheBasePath_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("path");
        QTest::newRow("default") << QString() << QStringLiteral("/api/auth");
        QTest::newRow("as it is") << QStringLiteral("/auth") << QStringLiteral("/auth");
        QTest::newRow("slashes") << QStringLiteral("auth/v2//") << QStringLiteral("/auth/v2");
        QTest::newRow("root") << QStringLiteral("/") << QString();
    }
    void normalisesTheBasePath()
    {
        QFETCH(QString, text);
        const auto config = from([&](auto &profile) { profile.basePath = text; });
        QVERIFY(config);
        QTEST(config->profile.basePath, "path");
    }

    void thePasswordComesFromTheSecrets()
    {
        workspace::ConnectionSecrets secrets;
        secrets.databaseUrl = base::SecretBytes(QByteArrayView("postgresql://ada:p%40ss@db.test/shop"));
        const auto config =
            from([](auto &profile) { profile.database = QStringLiteral("postgresql://ada@db.test/shop"); },
                 std::move(secrets));
        QVERIFY(config);
        QCOMPARE(config->database->password.view().toByteArray(), QByteArray("p@ss"));
        QCOMPARE(config->displayName(), QStringLiteral("postgresql://ada@db.test:5432/shop"));
        QCOMPARE(config->clone().database->password.view().toByteArray(), QByteArray("p@ss"));
    }

    void passesOptionsOn()
    {
        const auto config = from([](auto &profile) {
            profile.name = QStringLiteral("shop");
            profile.timeZone = QStringLiteral("Europe/Vienna");
            profile.caFile = QStringLiteral("/ca.pem");
            profile.insecureHosts = {QStringLiteral("db")};
        });
        QVERIFY(config);
        QCOMPARE(config->storeOptions.timeZone.id(), QByteArray("Europe/Vienna"));
        QCOMPARE(config->storeOptions.timeout, std::chrono::milliseconds(3000));
        QCOMPARE(config->httpOptions.timeout, std::chrono::milliseconds(3000));
        QCOMPARE(config->httpOptions.caFile, QStringLiteral("/ca.pem"));
        QCOMPARE(config->storeOptions.insecureHosts, QStringList{QStringLiteral("db")});
        QCOMPARE(config->displayName(), QStringLiteral("shop"));
    }

    void saysWhatIsWrong()
    {
        QCOMPARE(from([](auto &p) { p.timeZone = QStringLiteral("Mars/Base"); }).error().code,
                 base::ErrorCode::UsageInvalid);
        QCOMPARE(from([](auto &p) { p.schemaMap = QStringLiteral("{"); }).error().code,
                 base::ErrorCode::FileFormatInvalid);
        QCOMPARE(from([](auto &p) { p.schemaMap = QStringLiteral("[]"); }).error().code,
                 base::ErrorCode::FileFormatInvalid);
        QCOMPARE(from([](auto &p) { p.database = QStringLiteral("mongodb://db/shop"); }).error().code,
                 base::ErrorCode::UrlSchemeUnsupported);
        QCOMPARE(from([](auto &p) { p.basePath = QStringLiteral("/a?b"); }).error().code,
                 base::ErrorCode::UsageInvalid);
    }
};

QTEST_GUILESS_MAIN(ConnectionConfigTest)
#include "tst_ConnectionConfig.moc"
