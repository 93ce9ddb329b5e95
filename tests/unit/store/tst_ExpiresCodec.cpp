#include <QtTest>

#include "core/store/schema/ExpiresCodec.h"

using namespace rollcall;
using store::ExpiresEncoding;
using store::StoredInstant;

namespace {

// 2026-07-15T12:00:00Z, counted by `date -u -d … +%s`.
constexpr qint64 reference = 1'784'116'800'000'000;

base::Instant referenceInstant(qint64 extraMs = 0)
{
    return base::Instant(std::chrono::milliseconds(reference / 1000 + extraMs));
}

} // namespace

class ExpiresCodecTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsEveryForm_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("zone");
        QTest::addColumn<qint64>("microseconds");
        const auto row = [](const char *text, qint64 expected, const char *zone = "UTC") {
            QTest::addRow("%s in %s", text, zone) << QByteArray(text) << QByteArray(zone) << expected;
        };
        row("2026-07-15T12:00:00.000Z", reference);
        row("2026-07-15T12:00:00Z", reference);
        row("2026-07-15 12:00:00+00", reference);
        row("2026-07-15 14:00:00+02", reference);
        row("2026-07-15T12:00:00.000+00:00", reference);
        row("2026-07-15 12:00:00.000 +00:00", reference);
        row("2026-07-15T17:30:00+0530", reference);
        row("2026-07-15T08:00:00-04:00", reference);
        row("2026-07-15T12:00:00", reference);
        row("2026-07-15 12:00", reference);
        row("2026-07-15 12:00:00.123456", reference + 123'456);
        row("2026-07-15 12:00:00.1", reference + 100'000);
        row("2026-07-15 12:00:00.123456789Z", reference + 123'456);
        row("2026-07-15 08:00:00", reference, "America/New_York");
        row("2026-07-15 12:00:00Z", reference, "America/New_York");
        row("2026-07-15", reference - 12LL * 3600 * 1'000'000);
        row("1784116800", reference);
        row("1784116800000", reference);
        row("1784116800000000", reference);
        row("1969-12-31T23:59:59.999Z", -1000);
    }

    void readsEveryForm()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, zone);
        const auto read = store::readInstant(text, QTimeZone(zone));
        QCOMPARE(read.kind, StoredInstant::Kind::Finite);
        QTEST(read.microseconds, "microseconds");
    }

    void leavesTheRestUnread_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"", "never", "2026", "12345", "-1784116800000", "2026-13-01", "2026-07-32",
                                 "2026-07-15T24:00:00Z", "2026-07-15T12:60:00Z", "2026-07-15T12:00:00.Z",
                                 "2026-07-15T12:00:00.1234567890Z", "2026-07-15T12:00:00+", "2026-07-15T12:00:00+99",
                                 "2026-07-15T12:00:00Zx", "99999999999999999999", "2026-07-15x12:00:00", "26-07-15"})
            QTest::newRow(*text ? text : "empty") << QByteArray(text);
    }

    void leavesTheRestUnread()
    {
        QFETCH(QByteArray, text);
        QCOMPARE(store::readInstant(text, QTimeZone::utc()).kind, StoredInstant::Kind::Unreadable);
        QVERIFY(!store::encodingOf(text, false));
    }

    void readsInfinity()
    {
        QCOMPARE(store::readInstant("infinity", QTimeZone::utc()).kind, StoredInstant::Kind::PlusInfinity);
        QCOMPARE(store::readInstant("-infinity", QTimeZone::utc()).kind, StoredInstant::Kind::MinusInfinity);
        QVERIFY(!store::readInstant("infinity", QTimeZone::utc()).instant());
    }

    void roundsToMillisecondsDownwards()
    {
        const auto read = store::readInstant("2026-07-15T12:00:00.999999Z", QTimeZone::utc());
        QVERIFY(read.instant() == referenceInstant(999));
        const auto before1970 = store::readInstant("1969-12-31T23:59:59.999999Z", QTimeZone::utc());
        QCOMPARE(before1970.instant()->time_since_epoch().count(), -1);
    }

    void hugeNumbersAreNoInstants()
    {
        QCOMPARE(store::readEpoch(std::numeric_limits<qint64>::max(), ExpiresEncoding::EpochSeconds).kind,
                 StoredInstant::Kind::Unreadable);
        const StoredInstant year30000{StoredInstant::Kind::Finite, 884'541'600'000'000'000};
        QVERIFY(!year30000.instant());
    }

    void boundsAreRoundedUp()
    {
        QCOMPARE(store::epochRoundedUp(referenceInstant(1), ExpiresEncoding::EpochSeconds), reference / 1'000'000 + 1);
        QCOMPARE(store::epochRoundedUp(referenceInstant(), ExpiresEncoding::EpochSeconds), reference / 1'000'000);
        QCOMPARE(store::epochRoundedUp(referenceInstant(1), ExpiresEncoding::EpochMilliseconds), reference / 1000 + 1);
        QCOMPARE(store::epochRoundedUp(referenceInstant(1), ExpiresEncoding::EpochMicroseconds), reference + 1000);
        QCOMPARE(store::epochRoundedUp(base::Instant(std::chrono::milliseconds(-1500)), ExpiresEncoding::EpochSeconds),
                 -1);
    }

    void writesInTheFormOfANeighbour_data()
    {
        QTest::addColumn<QByteArray>("sample");
        QTest::addColumn<QByteArray>("written");
        const auto row = [](const char *sample, const char *written) {
            QTest::newRow(*sample ? sample : "none") << QByteArray(sample) << QByteArray(written);
        };
        row("2020-01-01T00:00:00.000Z", "2026-07-15T12:00:00.007Z");
        row("2020-01-01T00:00:00.000+00:00", "2026-07-15T12:00:00.007+00:00");
        row("2020-01-01 00:00:00.000 +00:00", "2026-07-15 12:00:00.007 +00:00");
        row("2020-01-01 00:00:00", "2026-07-15 12:00:00");
        row("2020-01-01T05:00:00.000000+02:00", "2026-07-15T14:00:00.007000+02:00");
        row("1577836800", "1784116800");
        row("1577836800000", "1784116800007");
        row("1577836800000000", "1784116800007000");
        row("", "2026-07-15T12:00:00.007Z");
        row("soon", "2026-07-15T12:00:00.007Z");
    }

    void writesInTheFormOfANeighbour()
    {
        QFETCH(QByteArray, sample);
        QTEST(store::writeLike(sample, referenceInstant(7), QTimeZone::utc()), "written");
    }

    void whatIsWrittenIsReadBack()
    {
        const QTimeZone zone("America/New_York");
        for (const char *form : {"2020-01-01T00:00:00.000Z", "2020-01-01 00:00:00.000",
                                 "2020-01-01 00:00:00.000000 +05:30", "1577836800000"}) {
            for (qint64 ms = reference / 1000; ms < reference / 1000 + 400LL * 86'400'000; ms += 86'399'983) {
                const base::Instant instant{std::chrono::milliseconds(ms)};
                const QByteArray text = store::writeLike(form, instant, zone);
                QVERIFY2(store::readInstant(text, zone).instant() == instant, text.constData());
            }
        }
    }

    void tellsEncodingsApart()
    {
        QCOMPARE(store::encodingOf("1784116800", true), ExpiresEncoding::EpochSeconds);
        QCOMPARE(store::encodingOf("1784116800000", true), ExpiresEncoding::EpochMilliseconds);
        QCOMPARE(store::encodingOf("1784116800000", false), ExpiresEncoding::TextEpochMilliseconds);
        QCOMPARE(store::encodingOf("2026-07-15 12:00:00", false), ExpiresEncoding::TextIso);
    }
};

QTEST_GUILESS_MAIN(ExpiresCodecTest)
#include "tst_ExpiresCodec.moc"
