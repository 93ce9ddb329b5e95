#include <QtTest>

#include <QProcess>

#include "core/workspace/KeychainVault.h"
#include "core/workspace/Workspace.h"

using namespace rollcall;
using workspace::KeychainVault;

/// Runs inside a D-Bus session of its own with an unlocked keyring: see main().
class KeychainVaultTest final : public QObject
{
    Q_OBJECT

private:
    base::Call m_call = base::Call::within(std::chrono::minutes(5));

private Q_SLOTS:
    void keepsSecrets()
    {
        const QByteArray secret("a\0b\n\xFF", 5);
        KeychainVault vault;
        const auto absent = vault.read(QStringLiteral("one"), m_call);
        QVERIFY2(absent, absent ? "" : qPrintable(absent.error().param(base::ErrorParam::Detail)));
        QVERIFY(!*absent);
        QVERIFY(vault.write(QStringLiteral("one"), base::SecretBytes(secret), m_call));
        QVERIFY(vault.write(QStringLiteral("two"), base::SecretBytes(QByteArrayView("x")), m_call));
        const auto read = KeychainVault().read(QStringLiteral("one"), m_call);
        QVERIFY(read && *read);
        QCOMPARE((*read)->view().toByteArray(), secret);
        QVERIFY(vault.remove(QStringLiteral("one"), m_call));
        QVERIFY(vault.remove(QStringLiteral("one"), m_call));
        QVERIFY(!*vault.read(QStringLiteral("one"), m_call));
        QVERIFY(*vault.read(QStringLiteral("two"), m_call));
    }

    void isWhatOpenVaultFinds()
    {
        qunsetenv("ROLLCALL_KEY_FILE");
        const auto vault = workspace::openVault(QString());
        QVERIFY(vault);
        QCOMPARE(vault->description(), QStringLiteral("OS keychain"));
    }

    void honoursItsCall()
    {
        std::stop_source source;
        source.request_stop();
        const auto read = KeychainVault().read(QStringLiteral("one"),
                                               base::Call::within(std::chrono::seconds(5), source.get_token()));
        QVERIFY(!read);
        QCOMPARE(read.error().code, base::ErrorCode::Cancelled);
    }
};

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    if (qEnvironmentVariableIsSet("ROLLCALL_TEST_KEYRING")) {
        KeychainVaultTest test;
        return QTest::qExec(&test, argc, argv);
    }
    // The keyring's files lie in a home of their own, so that nobody's real keyring is touched.
    const QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("ROLLCALL_TEST_KEYRING"), QStringLiteral("1"));
    for (const char *name : {"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"})
        environment.insert(QString::fromLatin1(name), home.path());
    QProcess session;
    session.setProcessEnvironment(environment);
    session.setProcessChannelMode(QProcess::ForwardedChannels);
    session.start(
        QStringLiteral("dbus-run-session"),
        {QStringLiteral("--"), QStringLiteral("sh"), QStringLiteral("-c"),
         QStringLiteral("printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec \"$0\""),
         QCoreApplication::applicationFilePath()});
    if (!session.waitForFinished(50'000) || session.exitStatus() != QProcess::NormalExit)
        return 1;
    return session.exitCode();
}
#include "tst_KeychainVault.moc"
