#include <QtTest>

#include <QMessageAuthenticationCode>

#include "core/jose/HmacSha512.h"

using namespace rollcall;

class HmacSha512Test final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Beginnings that fill no block, some, and whole ones; messages that end on each side of a block's border.
    void codesAreThoseOfHmac_data()
    {
        QTest::addColumn<int>("beginning");
        for (const int beginning : {0, 1, 42, 127, 128, 129, 170, 256, 300})
            QTest::addRow("%d bytes", beginning) << beginning;
    }
    void codesAreThoseOfHmac()
    {
        QFETCH(int, beginning);
        const QByteArray lead(beginning, 'b');
        const QByteArray ending("\0\0\0\0\0\0\x05\x50", 8);
        for (const int keyBytes : {1, 32, 128}) {
            const QByteArray key(keyBytes, 'k');
            const jose::HmacSha512 hmac(key, lead, ending);
            const jose::HmacSha512 withoutEnding(key, lead, {});
            const auto check = [&](qsizetype size) {
                const QByteArray rest(size, 'r');
                const auto expected = [&](const QByteArray &message) {
                    return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Sha512);
                };
                QCOMPARE(QByteArrayView(hmac.of(rest)), QByteArrayView(expected(lead + rest + ending)));
                QCOMPARE(QByteArrayView(withoutEnding.of(rest)), QByteArrayView(expected(lead + rest)));
            };
            for (qsizetype size = 0; size < 300; ++size)
                check(size);
            // More than is kept on the stack.
            for (const qsizetype size : {879, 880, 1024, 5000, 100'000})
                check(size);
        }
    }
};

QTEST_GUILESS_MAIN(HmacSha512Test)
#include "tst_HmacSha512.moc"
