#include <QtTest>

#include <thread>

#include "core/workspace/KeyFileVault.h"

using namespace rollcall;
using workspace::KeyFileVault;

class KeyFileVaultTest final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    base::Call m_call;

    QString path(const char *name) const { return m_folder.filePath(QLatin1StringView(name)); }
    static void put(const QString &path, const QByteArray &text, QFile::Permissions permissions)
    {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        QVERIFY(QFile::setPermissions(path, permissions));
    }

private Q_SLOTS:
    void init() { m_call = base::Call::within(std::chrono::seconds(10)); }

    void keepsSecretsAcrossObjects()
    {
        const QString file = path("keys/deep/file");
        const QByteArray secret("a\0b\n\xFF", 5);
        QVERIFY(KeyFileVault(file).write(QStringLiteral("näme with blank"), base::SecretBytes(secret), m_call));
        QVERIFY(KeyFileVault(file).write(QStringLiteral("empty"), base::SecretBytes(), m_call));
        KeyFileVault vault(file);
        const auto read = vault.read(QStringLiteral("näme with blank"), m_call);
        QVERIFY(read && *read);
        QCOMPARE((*read)->view().toByteArray(), secret);
        const auto empty = vault.read(QStringLiteral("empty"), m_call);
        QVERIFY(empty && *empty && (*empty)->isEmpty());
        QVERIFY(vault.remove(QStringLiteral("empty"), m_call));
        QVERIFY(!*vault.read(QStringLiteral("empty"), m_call));
        QVERIFY(*vault.read(QStringLiteral("näme with blank"), m_call));
    }

    void isMadeByAWriteAloneAndForItsOwnerAlone()
    {
        const QString file = path("made");
        KeyFileVault vault(file);
        QVERIFY(!*vault.read(QStringLiteral("x"), m_call));
        QVERIFY(vault.remove(QStringLiteral("x"), m_call));
        QVERIFY(!QFile::exists(file));
        QVERIFY(vault.write(QStringLiteral("x"), base::SecretBytes(QByteArrayView("y")), m_call));
        QCOMPARE(QFile::permissions(file) & ~(QFile::ReadUser | QFile::WriteUser),
                 QFile::ReadOwner | QFile::WriteOwner);
        QFile text(file);
        QVERIFY(text.open(QIODevice::ReadOnly));
        QVERIFY(text.readAll().startsWith("rollcall-keys 1\n"));
    }

    void refusesWhatOthersMayTouch_data()
    {
        QTest::addColumn<int>("right");
        QTest::newRow("group read") << int(QFile::ReadGroup);
        QTest::newRow("group write") << int(QFile::WriteGroup);
        QTest::newRow("others read") << int(QFile::ReadOther);
        QTest::newRow("others execute") << int(QFile::ExeOther);
    }
    void refusesWhatOthersMayTouch()
    {
        QFETCH(int, right);
        const QString file = path("open");
        put(file, "rollcall-keys 1\n", QFile::ReadOwner | QFile::WriteOwner | QFile::Permission(right));
        KeyFileVault vault(file);
        QCOMPARE(vault.read(QStringLiteral("x"), m_call).error().code, base::ErrorCode::KeyFileUnsafe);
        const auto written = vault.write(QStringLiteral("x"), base::SecretBytes(QByteArrayView("y")), m_call);
        QCOMPARE(written.error().code, base::ErrorCode::KeyFileUnsafe);
        QFile text(file);
        QVERIFY(text.open(QIODevice::ReadOnly));
        QCOMPARE(text.readAll(), QByteArray("rollcall-keys 1\n"));
    }

    void refusesDamage_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("line");
        QTest::newRow("other file") << QByteArray("hello\n") << QStringLiteral("1");
        QTest::newRow("later version") << QByteArray("rollcall-keys 2\n") << QStringLiteral("1");
        QTest::newRow("empty file") << QByteArray() << QStringLiteral("1");
        QTest::newRow("no blank") << QByteArray("rollcall-keys 1\nQQ==\n") << QStringLiteral("2");
        QTest::newRow("not base64") << QByteArray("rollcall-keys 1\nQQ== Qg==\nQQ== !!\n") << QStringLiteral("3");
    }
    void refusesDamage()
    {
        QFETCH(QByteArray, text);
        const QString file = path("damaged");
        put(file, text, QFile::ReadOwner | QFile::WriteOwner);
        const auto read = KeyFileVault(file).read(QStringLiteral("A"), m_call);
        QVERIFY(!read);
        QCOMPARE(read.error().code, base::ErrorCode::FileFormatInvalid);
        QTEST(read.error().param(base::ErrorParam::Line), "line");
        QVERIFY(!KeyFileVault(file).write(QStringLiteral("A"), base::SecretBytes(QByteArrayView("y")), m_call));
    }

    void writersDoNotLoseEachOthersEntries()
    {
        const QString file = path("shared");
        constexpr int each = 10;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 4; ++t) {
                threads.emplace_back([&, t] {
                    KeyFileVault vault(file);
                    for (int i = 0; i < each; ++i)
                        QVERIFY(vault.write(QStringLiteral("%1-%2").arg(t).arg(i),
                                            base::SecretBytes(QByteArrayView("v")), m_call));
                });
            }
        }
        KeyFileVault vault(file);
        for (int t = 0; t < 4; ++t) {
            for (int i = 0; i < each; ++i)
                QVERIFY(*vault.read(QStringLiteral("%1-%2").arg(t).arg(i), m_call));
        }
    }

    void honoursACancelledCall()
    {
        std::stop_source source;
        source.request_stop();
        KeyFileVault vault(path("never"));
        QCOMPARE(vault.read(QStringLiteral("x"), base::Call::within(std::chrono::seconds(1), source.get_token()))
                     .error()
                     .code,
                 base::ErrorCode::Cancelled);
    }
};

QTEST_GUILESS_MAIN(KeyFileVaultTest)
#include "tst_KeyFileVault.moc"
