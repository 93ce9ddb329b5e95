#include <QtTest>

#include <QCryptographicHash>

#include "core/base/PercentEncoding.h"
#include "core/base/SameBytes.h"
#include "core/base/Secret.h"
#include "core/base/Sha256.h"
#include "core/base/TextWriter.h"

using namespace rollcall;

// What is done to names, cookies and dates a few bytes at a time, at every length at which it could go wrong.

namespace {

constexpr qsizetype longest = 300;

QByteArray textOf(qsizetype size)
{
    QByteArray text(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + (i * 7 + size) % 26);
    return text;
}

} // namespace

class ShortTextsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sameBytesAreFoundAndOneThatDiffersToo()
    {
        for (qsizetype size = 0; size < 40; ++size) {
            const QByteArray text = textOf(size);
            // Not in the same memory, and not at its beginning.
            const QByteArray other = '#' + text;
            QVERIFY(base::isSameBytes(text, QByteArrayView(other).sliced(1)));
            QVERIFY(base::beginsWith(QByteArrayView(other).sliced(1), text));
            QVERIFY(base::beginsWith(QByteArray(text + "!"), text));
            QVERIFY(!base::isSameBytes(QByteArray(text + "!"), text));
            QVERIFY(!base::beginsWith(text, QByteArray(text + "!")));
            for (qsizetype at = 0; at < size; ++at) {
                QByteArray changed = text;
                changed[at] = '\x80';
                QVERIFY2(!base::isSameBytes(text, changed), QByteArray::number(at).constData());
                QVERIFY(!base::beginsWith(QByteArray(text + "!"), changed));
            }
        }
        QVERIFY(base::isSameBytes({}, ""));
    }

    void digestsAreThoseOfSha256()
    {
        for (qsizetype size = 0; size <= longest; ++size) {
            const QByteArray text = textOf(size);
            const QByteArray expected = QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex();
            const qsizetype cut = size / 3;
            const auto whole = base::sha256Hex({text});
            const auto parts = base::sha256Hex({QByteArrayView(text).first(cut), {}, QByteArrayView(text).sliced(cut)});
            QCOMPARE(QByteArrayView(whole), QByteArrayView(expected));
            QCOMPARE(QByteArrayView(parts), QByteArrayView(expected));
        }
    }

    void escapesAreFoundAtEveryPlace()
    {
        for (qsizetype size = 0; size < 40; ++size) {
            for (qsizetype at = 0; at <= size; ++at) {
                const QByteArray before = textOf(at);
                const QByteArray behind = textOf(size - at);
                QCOMPARE(base::decodeUriComponent(QByteArray(before + "%7C" + behind), base::TextForm::Utf8),
                         std::optional(QByteArray(before + '|' + behind)));
                QCOMPARE(base::decodeUriComponent(QByteArray(before + "%C3%A9%25" + behind), base::TextForm::Utf8),
                         std::optional(QByteArray(before + "\xc3\xa9%" + behind)));
                QVERIFY(!base::decodeUriComponent(QByteArray(before + '%' + behind), base::TextForm::Utf8));
            }
            QCOMPARE(base::decodeUriComponent(textOf(size), base::TextForm::Utf8), std::optional(textOf(size)));
        }
        // Characters that differ from a per cent sign in one bit.
        for (const char near : {'\x24', '\x27', '\x21', '\x2d', '\x35', '\x05', '\x65'})
            QCOMPARE(base::decodeUriComponent(QByteArray(11, near), base::TextForm::Utf8),
                     std::optional(QByteArray(11, near)));
    }

    void digitsArePut()
    {
        QByteArray text(64, '#');
        base::TextWriter writer(text.data());
        for (const unsigned number : {0U, 7U, 10U, 99U, 105U})
            writer.putPair(number);
        for (const unsigned number : {0U, 42U, 1969U, 10'001U})
            writer.putFour(number);
        text.truncate(writer.at() - text.constData());
        QCOMPARE(text, QByteArray("0007109905"
                                  "0000"
                                  "0042"
                                  "1969"
                                  "0001"));
    }

    void wipingEmptiesAndLeavesOthersTheirs()
    {
        QByteArray none;
        base::wipe(none);
        QVERIFY(none.isNull());
        QByteArray text = textOf(50);
        const QByteArray other = text; // shared: only let go of
        base::wipe(text);
        QVERIFY(text.isEmpty());
        QCOMPARE(other, textOf(50));
    }
};

QTEST_GUILESS_MAIN(ShortTextsTest)
#include "tst_ShortTexts.moc"
