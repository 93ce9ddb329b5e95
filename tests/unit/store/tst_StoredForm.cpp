#include <QtTest>

#include "core/store/schema/ExpiresCodec.h"
#include "core/store/schema/StoredForm.h"

using namespace rollcall;
using store::StoredForm;

namespace {

constexpr qint64 perSecond = 1'000'000;

} // namespace

/// Which values sort as they are stored, and how bounds are written among them.
class StoredFormTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesWhatSorts_data();
    void namesWhatSorts();
    void writesBoundsThatSort_data();
    void writesBoundsThatSort();
};

void StoredFormTest::namesWhatSorts_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("isInteger");
    QTest::addColumn<QByteArray>("name"); // empty: none
    const auto row = [](const char *value, const char *name, bool isInteger = false) {
        QTest::addRow("%s%s", value, isInteger ? ", an integer" : "")
            << QByteArray(value) << isInteger << QByteArray(name);
    };
    row("1784116800", "n1000000", true);
    row("1784116800000", "n1000", true);
    row("1784116800000000", "n1", true);
    row("12", "", true);
    row("1784116800000", "0000000000000");
    row("2026-07-15T12:00:00.000Z", "0000-00-00T00:00:00.000Z");
    row("2026-07-15 12:00:00", "0000-00-00 00:00:00");
    row("2026-07-15T12:00:00.5+05:30", "0000-00-00T00:00:00.0+05:30");
    row("2026-06-31T12:00:00.000Z", ""); // read as the first of July, and yet before it
    row("2026-07-15T12:00:00.123456Z", "");
    row("2026-07-15T12:00Z", "");
    row("2026-07-15", "");
    row("tomorrow", "");
    row("", "");
}

void StoredFormTest::namesWhatSorts()
{
    QFETCH(QByteArray, value);
    QFETCH(bool, isInteger);
    QFETCH(QByteArray, name);
    QCOMPARE(StoredForm::nameOf(value, isInteger, QTimeZone::utc()).value_or(QByteArray()), name);
    // Wall clocks of a zone whose clocks are put back do not sort.
    if (store::namesNoZone(value))
        QVERIFY(!StoredForm::nameOf(value, isInteger, QTimeZone("America/New_York")));
}

void StoredFormTest::writesBoundsThatSort_data()
{
    QTest::addColumn<QByteArray>("sample");
    QTest::addColumn<bool>("isInteger");
    for (const char *sample : {"1784116800", "1784116800000", "1784116800000000"}) {
        QTest::addRow("%s, an integer", sample) << QByteArray(sample) << true;
        QTest::addRow("%s", sample) << QByteArray(sample) << false;
    }
    for (const char *sample :
         {"2026-07-15T12:00:00.000Z", "2026-07-15 12:00:00", "2026-07-15T12:00:00.5Z", "2026-07-15T12:00:00.25-08:00"})
        QTest::addRow("%s", sample) << QByteArray(sample) << false;
}

void StoredFormTest::writesBoundsThatSort()
{
    QFETCH(QByteArray, sample);
    QFETCH(bool, isInteger);
    const QTimeZone utc = QTimeZone::utc();
    const auto form = StoredForm::of(sample, isInteger, utc);
    QVERIFY(form.has_value());
    const auto isBefore = [&](const QByteArray &left, const QByteArray &right) {
        return isInteger ? left.toLongLong() < right.toLongLong() : left < right;
    };
    const qint64 from = 1'784'116'799 * perSecond;
    std::optional<QByteArray> last;
    for (qint64 at = from; at < from + 3 * perSecond; at += 50'001) {
        const auto bound = form->notBefore(at);
        QVERIFY(bound.has_value());
        QCOMPARE(StoredForm::nameOf(*bound, isInteger, utc), std::optional(form->name()));
        const qint64 meant = store::readInstant(*bound, utc).microseconds;
        QVERIFY2(meant >= at && meant < at + perSecond, bound->constData());
        QCOMPARE(form->exactly(meant), bound);
        QCOMPARE(form->exactly(at).has_value(), meant == at);
        QVERIFY2(!last || !isBefore(*bound, *last), bound->constData());
        last = bound;
    }
    if (!isInteger)
        QVERIFY(!form->notBefore(400'000'000'000 * perSecond)); // the year 14645
}

QTEST_GUILESS_MAIN(StoredFormTest)
#include "tst_StoredForm.moc"
