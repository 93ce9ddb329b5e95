#include <QtTest>

#include "core/jose/KeyDerivation.h"

using namespace rollcall;

class KeyDerivationTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWhatTheLibraryRefuses()
    {
        QVERIFY(!jose::deriveKey({}, "salt", "info", 32).has_value());
        QVERIFY(jose::deriveKey("s", {}, QByteArray(1024, 'i'), 32).has_value());
        QVERIFY(!jose::deriveKey("s", {}, QByteArray(1025, 'i'), 32).has_value());
    }
};

QTEST_GUILESS_MAIN(KeyDerivationTest)
#include "tst_KeyDerivation.moc"
