#include <QtTest>

#include "core/store/StoreFactory.h"
#include "core/store/schema/SchemaBinding.h"
#include "core/store/schema/SchemaFingerprint.h"
#include "tests/support/SqliteDatabase.h"

using namespace rollcall;
using store::DatabaseKind;
using store::ExpiresEncoding;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(10));
}

store::TableInfo table(std::initializer_list<std::pair<const char *, const char *>> columns)
{
    store::TableInfo info;
    for (const auto &[name, type] : columns)
        info.columns.push_back({QString::fromLatin1(name), QString::fromLatin1(type), false, false});
    return info;
}

} // namespace

Q_DECLARE_METATYPE(rollcall::store::DatabaseKind)
Q_DECLARE_METATYPE(rollcall::store::ExpiresEncoding)

/// A map holds for the columns it was settled for, and for no others.
class SchemaFingerprintTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void standsForNamesAndTypes()
    {
        const QString first = store::schemaFingerprint(table({{"id", "text"}, {"expires", "timestamp"}}));
        QCOMPARE(first.size(), 16);
        QCOMPARE(store::schemaFingerprint(table({{"expires", "timestamp"}, {"id", "text"}})), first);
        QVERIFY(store::schemaFingerprint(table({{"id", "text"}, {"expires", "bigint"}})) != first);
        QVERIFY(store::schemaFingerprint(table({{"id", "text"}, {"ends", "timestamp"}})) != first);
        QVERIFY(store::schemaFingerprint(table({{"id", "text"}, {"expires", "timestamp"}, {"ip", "text"}})) != first);
        // Where a name ends and the next begins is not left to chance.
        QVERIFY(store::schemaFingerprint(table({{"ab", "c"}})) != store::schemaFingerprint(table({{"a", "bc"}})));
    }

    void isKeptInTheMap()
    {
        const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const auto url = store::DatabaseUrl::parse(database.url().toUtf8());
        const auto detection = store::detectSchema(*url, {}, soon());
        QVERIFY(detection && detection->best);
        QCOMPARE(detection->best->fingerprint.size(), 16);
        const auto again = store::SchemaProfile::fromJson(detection->best->toJson(), QStringLiteral("map"));
        QVERIFY(again.has_value());
        QCOMPARE(again->fingerprint, detection->best->fingerprint);
    }

    void stopsWhereColumnsChanged()
    {
        const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
        const auto url = store::DatabaseUrl::parse(database.url().toUtf8());
        const auto detection = store::detectSchema(*url, {}, soon());
        QVERIFY(detection && detection->best);
        store::SchemaProfile map = *detection->best;
        QVERIFY(store::openStore(*url, map, {}, store::Access::ReadOnly, soon()).has_value());
        // What else the database holds is no concern of the map's.
        database.exec(QStringLiteral("ALTER TABLE user ADD COLUMN nickname TEXT"));
        QVERIFY(store::openStore(*url, map, {}, store::Access::ReadOnly, soon()).has_value());
        database.exec(QStringLiteral("ALTER TABLE session ADD COLUMN token TEXT"));
        const auto changed = store::openStore(*url, map, {}, store::Access::ReadOnly, soon());
        QVERIFY(!changed.has_value());
        QCOMPARE(changed.error().code, base::ErrorCode::SchemaChanged);
        map.fingerprint.clear(); // a map written by hand has none
        QVERIFY(store::openStore(*url, map, {}, store::Access::ReadOnly, soon()).has_value());
    }

    void offersTheLikeliestEncodingFirst_data()
    {
        QTest::addColumn<DatabaseKind>("kind");
        QTest::addColumn<QString>("type");
        QTest::addColumn<ExpiresEncoding>("first");
        QTest::addColumn<qsizetype>("count");
        const auto row = [](const char *name, DatabaseKind kind, const char *type, ExpiresEncoding first,
                            qsizetype count) {
            QTest::newRow(name) << kind << QString::fromLatin1(type) << first << count;
        };
        using enum ExpiresEncoding;
        row("with zone", DatabaseKind::PostgreSql, "timestamp with time zone", Timestamptz, 1);
        row("without", DatabaseKind::PostgreSql, "timestamp without time zone", TimestampNaive, 1);
        row("number", DatabaseKind::PostgreSql, "bigint", EpochMilliseconds, 4);
        row("text", DatabaseKind::PostgreSql, "character varying", TextIso, 3);
        row("DATETIME", DatabaseKind::MySql, "datetime", TimestampNaive, 1);
        row("SQLite", DatabaseKind::Sqlite, "integer", Mixed, 8);
    }

    void offersTheLikeliestEncodingFirst()
    {
        QFETCH(DatabaseKind, kind);
        QFETCH(QString, type);
        QFETCH(ExpiresEncoding, first);
        QFETCH(qsizetype, count);
        const auto offered = store::encodingsFor(kind, type);
        QCOMPARE(qsizetype(offered.size()), count);
        QCOMPARE(store::encodingName(offered.front()), store::encodingName(first));
    }
};

QTEST_GUILESS_MAIN(SchemaFingerprintTest)
#include "tst_SchemaFingerprint.moc"
