#include <QtTest>

#include "core/workspace/FileRights.h"
#include "core/workspace/Workspace.h"

using namespace rollcall;
using namespace rollcall::workspace;

class WorkspaceTest final : public QObject
{
    Q_OBJECT

private:
    base::Call m_call = base::Call::within(std::chrono::minutes(5));

    static ConnectionProfile full(const QString &name)
    {
        ConnectionProfile profile;
        profile.name = name;
        profile.environment = Environment::Production;
        profile.note = QStringLiteral("EU shop");
        profile.database = QStringLiteral("postgresql://ada@db:5432/shop");
        profile.baseUrl = QStringLiteral("https://shop.test");
        profile.basePath = QStringLiteral("/auth");
        profile.version = session::AuthVersion::V4;
        profile.versionHint = session::AuthVersion::V5;
        profile.strategy = session::Strategy::Jwt;
        profile.cookieName = QStringLiteral("sid");
        profile.maxAge = std::chrono::seconds(3600);
        profile.updateAge = std::chrono::seconds(0);
        profile.cookieParser = session::CookieParser::Pages;
        profile.cache = QStringLiteral("redis://cache:6379");
        profile.caFile = QStringLiteral("/ca.pem");
        profile.timeZone = QStringLiteral("Europe/Vienna");
        profile.insecureHosts = {QStringLiteral("db")};
        profile.schemaMap = QStringLiteral("{}");
        profile.needsApproval = true;
        profile.watchFor = std::chrono::minutes(10);
        profile.ownUser = QStringLiteral("ada@example.com");
        profile.maskPersonal = true;
        return profile;
    }
    static ConnectionSecrets someSecrets()
    {
        ConnectionSecrets secrets;
        secrets.databaseUrl = base::SecretBytes(QByteArrayView("postgresql://ada:pw-canary@db:5432/shop"));
        secrets.authSecrets.emplace_back(QByteArrayView("first\nwith line end"));
        secrets.authSecrets.emplace_back(QByteArrayView("second"));
        return secrets;
    }
    static QByteArray content(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void keepsProfilesAndSecretsApart()
    {
        const QTemporaryDir root;
        const auto vault = openKeyFileVault(root.filePath(QStringLiteral("keys")));
        Workspace workspace(Folders::below(root.path()));
        QVERIFY(workspace.profiles()->empty());
        QVERIFY(workspace.save(full(QStringLiteral("zebra")), {}, vault.get(), m_call));
        QVERIFY(workspace.save(full(QStringLiteral("shop")), someSecrets(), vault.get(), m_call));

        const Workspace again(Folders::below(root.path()));
        const auto profiles = again.profiles();
        QVERIFY(profiles);
        QCOMPARE(profiles->size(), size_t(2));
        QCOMPARE(profiles->front(), full(QStringLiteral("shop")));
        QCOMPARE(*again.profile(QStringLiteral("zebra")), full(QStringLiteral("zebra")));
        const auto secrets = again.secrets(QStringLiteral("shop"), vault.get(), m_call);
        QVERIFY(secrets);
        QCOMPARE(secrets->databaseUrl, someSecrets().databaseUrl);
        QVERIFY(secrets->cacheUrl.isEmpty());
        QCOMPARE(secrets->authSecrets.size(), size_t(2));
        QCOMPARE(secrets->authSecrets.front(), someSecrets().authSecrets.front());

        const QString file = root.filePath(QStringLiteral("config/connections.json"));
        QVERIFY(!othersMayRead(file));
        QVERIFY(!content(file).contains("pw-canary"));
        QVERIFY(!content(file).contains("first"));
    }

    void aPasswordInTheAddressIsNeverWritten()
    {
        const QTemporaryDir root;
        ConnectionProfile profile = full(QStringLiteral("shop"));
        profile.database = QStringLiteral("postgresql://ada:pw-canary@db/shop");
        profile.baseUrl = QStringLiteral("https://ada:pw-canary@shop.test");
        Workspace workspace(Folders::below(root.path()));
        QVERIFY(workspace.save(profile, {}, nullptr, m_call));
        QVERIFY(!content(root.filePath(QStringLiteral("config/connections.json"))).contains("pw-canary"));
    }

    void withoutAVaultSecretsAreNotSavedButTheProfileIs()
    {
        const QTemporaryDir root;
        Workspace workspace(Folders::below(root.path()));
        const auto saved = workspace.save(full(QStringLiteral("shop")), someSecrets(), nullptr, m_call);
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, base::ErrorCode::NoKeyStore);
        QVERIFY(workspace.profile(QStringLiteral("shop")));
        QVERIFY(workspace.secrets(QStringLiteral("shop"), nullptr, m_call)->isEmpty());
    }

    void forgetsSecretsWithTheProfile()
    {
        const QTemporaryDir root;
        const auto vault = openKeyFileVault(root.filePath(QStringLiteral("keys")));
        Workspace workspace(Folders::below(root.path()));
        QVERIFY(workspace.save(full(QStringLiteral("shop")), someSecrets(), vault.get(), m_call));
        QVERIFY(workspace.remove(QStringLiteral("shop"), vault.get(), m_call));
        QVERIFY(workspace.secrets(QStringLiteral("shop"), vault.get(), m_call)->isEmpty());
        QCOMPARE(workspace.profile(QStringLiteral("shop")).error().code, base::ErrorCode::UnknownConnection);
        QCOMPARE(workspace.remove(QStringLiteral("shop"), vault.get(), m_call).error().code,
                 base::ErrorCode::UnknownConnection);
    }

    void savingAgainReplacesAlsoTheSecrets()
    {
        const QTemporaryDir root;
        const auto vault = openKeyFileVault(root.filePath(QStringLiteral("keys")));
        Workspace workspace(Folders::below(root.path()));
        QVERIFY(workspace.save(full(QStringLiteral("shop")), someSecrets(), vault.get(), m_call));
        QVERIFY(workspace.save(full(QStringLiteral("shop")), {}, vault.get(), m_call));
        QCOMPARE(workspace.profiles()->size(), size_t(1));
        QVERIFY(workspace.secrets(QStringLiteral("shop"), vault.get(), m_call)->isEmpty());
    }

    void refusesDamagedFiles_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("no json") << QByteArray("{\n\"a\":");
        QTest::newRow("other format") << QByteArray("{\"format\":\"x\",\"version\":1,\"connections\":[]}");
        QTest::newRow("later version") << QByteArray(
            "{\"format\":\"rollcall-connections\",\"version\":2,\"connections\":[]}");
        QTest::newRow("no name") << QByteArray(
            "{\"format\":\"rollcall-connections\",\"version\":1,\"connections\":[{}]}");
        QTest::newRow("wrong type") << QByteArray("{\"format\":\"rollcall-connections\",\"version\":1,\"connections\":["
                                                  "{\"name\":\"a\",\"maxAgeSeconds\":\"1\"}]}");
        QTest::newRow("unknown word") << QByteArray("{\"format\":\"rollcall-connections\",\"version\":1,"
                                                    "\"connections\":[{\"name\":\"a\",\"version\":\"v9\"}]}");
    }
    void refusesDamagedFiles()
    {
        QFETCH(QByteArray, text);
        const QTemporaryDir root;
        QVERIFY(QDir(root.path()).mkpath(QStringLiteral("config")));
        QFile file(root.filePath(QStringLiteral("config/connections.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        Workspace workspace(Folders::below(root.path()));
        QCOMPARE(workspace.profiles().error().code, base::ErrorCode::FileFormatInvalid);
        // What cannot be read is not overwritten.
        QVERIFY(!workspace.save(full(QStringLiteral("shop")), {}, nullptr, m_call));
        QCOMPARE(content(file.fileName()), text);
    }

    void refusesNamesThatAreNone()
    {
        const QTemporaryDir root;
        Workspace workspace(Folders::below(root.path()));
        for (const QString &name :
             {QString(), QStringLiteral("  "), QStringLiteral("a\nb"), QString(101, QLatin1Char('x'))})
            QCOMPARE(workspace.save(full(name), {}, nullptr, m_call).error().code, base::ErrorCode::UsageInvalid);
    }

    void standsInTheXdgFolders()
    {
        qputenv("XDG_CONFIG_HOME", "/c");
        qputenv("XDG_DATA_HOME", "relative");
        qunsetenv("XDG_STATE_HOME");
        const Folders folders = Folders::standard();
        QCOMPARE(folders.config, QStringLiteral("/c/rollcall"));
        QCOMPARE(folders.data, QDir::homePath() + QStringLiteral("/.local/share/rollcall"));
        QCOMPARE(folders.state, QDir::homePath() + QStringLiteral("/.local/state/rollcall"));
    }

    void withoutAKeychainThereIsNoVault()
    {
        // An address where nobody listens: what a server or a CI machine is like.
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");
        qunsetenv("ROLLCALL_KEY_FILE");
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!openVault(QString()));
        QVERIFY2(timer.elapsed() < 20'000, "it waited as long as D-Bus does for an answer, 25 s");
        const QTemporaryDir root;
        qputenv("ROLLCALL_KEY_FILE", QFile::encodeName(root.filePath(QStringLiteral("keys"))));
        const auto vault = openVault(QString());
        qunsetenv("ROLLCALL_KEY_FILE");
        QVERIFY(vault);
        QVERIFY(vault->description().endsWith(u"/keys"));
    }

    void saysWhoMayRead()
    {
        const QTemporaryDir root;
        QFile file(root.filePath(QStringLiteral(".env")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(!othersMayRead(file.fileName()));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadGroup));
        QVERIFY(othersMayRead(file.fileName()));
        QVERIFY(!othersMayRead(root.filePath(QStringLiteral("absent"))));
    }
};

QTEST_GUILESS_MAIN(WorkspaceTest)
#include "tst_Workspace.moc"
