#include <QtTest>

#include "core/jose/KeyDerivation.h"
#include "core/jose/KeyRing.h"
#include "tests/support/Vectors.h"

using namespace rollcall;
using test::textOf;

class KeyDerivationTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void derives_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<QString>("salt");
        QTest::addColumn<QString>("info");
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("key");
        for (const auto &vector : test::vectorCases(QStringLiteral("hkdf.json"))) {
            QCOMPARE(textOf(vector, u"hash"), QStringLiteral("SHA-256"));
            QTest::newRow(qPrintable(textOf(vector, u"id")))
                << textOf(vector, u"version") << textOf(vector, u"secret") << textOf(vector, u"salt")
                << textOf(vector, u"info") << static_cast<int>(test::numberOf(vector, u"length", 0))
                << textOf(vector, u"key");
        }
    }
    void derives()
    {
        QFETCH(QString, version);
        QFETCH(QString, secret);
        QFETCH(QString, salt);
        QFETCH(QString, info);
        QFETCH(int, length);
        QFETCH(QString, key);
        const auto kind = version == u"v4" ? session::AuthVersion::V4 : session::AuthVersion::V5;
        QCOMPARE(jose::derivationInfo(kind, salt.toUtf8()), info.toUtf8());
        const auto derived = jose::deriveKey(secret.toUtf8(), salt.toUtf8(), info.toUtf8(), length);
        QVERIFY(derived.has_value());
        QCOMPARE(derived->view().toByteArray().toHex(), key.toLatin1());
    }

    void thumbprints_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("secret");
        QTest::addColumn<QString>("salt");
        QTest::addColumn<bool>("gcm");
        QTest::addColumn<QString>("kid");
        for (const auto &vector : test::vectorCases(QStringLiteral("kid.json"))) {
            QTest::newRow(qPrintable(textOf(vector, u"id")))
                << textOf(vector, u"key") << textOf(vector, u"secret") << textOf(vector, u"salt")
                << (textOf(vector, u"enc") == u"A256GCM") << textOf(vector, u"kid");
        }
    }
    void thumbprints()
    {
        QFETCH(QString, key);
        QFETCH(QString, secret);
        QFETCH(QString, salt);
        QFETCH(bool, gcm);
        QFETCH(QString, kid);
        const base::SecretBytes bytes(QByteArray::fromHex(key.toLatin1()));
        QCOMPARE(jose::keyThumbprint(bytes), kid.toLatin1());
        std::vector<base::SecretBytes> secrets;
        secrets.emplace_back(QByteArrayView(secret.toUtf8()));
        const jose::KeyRing ring(session::AuthVersion::V5, secrets, salt.toUtf8());
        const auto &fromRing = ring.keys().front();
        QCOMPARE(gcm ? fromRing.gcmId : fromRing.cbcId, kid.toLatin1());
        QVERIFY((gcm ? fromRing.gcm : fromRing.cbc) == bytes);
    }

    void refusesWhatTheLibraryRefuses()
    {
        QVERIFY(!jose::deriveKey({}, "salt", "info", 32).has_value());
        QVERIFY(jose::deriveKey("s", {}, QByteArray(1024, 'i'), 32).has_value());
        QVERIFY(!jose::deriveKey("s", {}, QByteArray(1025, 'i'), 32).has_value());
    }
};

QTEST_GUILESS_MAIN(KeyDerivationTest)
#include "tst_KeyDerivation.moc"
