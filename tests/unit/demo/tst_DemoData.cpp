#include <QtTest>

#include <QTemporaryDir>

#include <set>

#include "core/demo/DemoData.h"
#include "core/demo/DemoPeople.h"
#include "core/store/StoreFactory.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;
using demo::createDemoDatabase;
using demo::DemoPopulation;
using demo::DemoVisitor;

namespace {

const base::Instant now = *base::parseTime(QStringLiteral("2026-11-21T09:00:00Z"), {});

DemoVisitor visitor()
{
    DemoVisitor value;
    value.token = base::SecretBytes("11111111-2222-4333-8444-555555555555");
    return value;
}

store::DatabaseUrl urlOf(const QString &path)
{
    store::DatabaseUrl url;
    url.kind = store::DatabaseKind::Sqlite;
    url.database = path;
    return url;
}

std::unique_ptr<store::SessionStore> openDemo(const QString &path)
{
    const auto found = store::detectSchema(urlOf(path), {}, Call::within(10s));
    if (!found || !found->best)
        return nullptr;
    auto opened = store::openStore(urlOf(path), *found->best, {}, store::Access::ReadOnly, Call::within(10s));
    return opened ? std::move(*opened) : nullptr;
}

} // namespace

class DemoDataTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isWhatItSays()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("demo.db"));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(createDemoDatabase(path, {4000, 1, now}, visitor(), Call::within(60s)).has_value());
        qInfo("4000 sessions in %lld ms", timer.elapsed());
        QCOMPARE(QFile::permissions(path) & (QFileDevice::ReadGroup | QFileDevice::ReadOther),
                 QFileDevice::Permissions());
        QVERIFY(*demo::isDemoDatabase(path));

        const auto found = store::detectSchema(urlOf(path), {}, Call::within(10s));
        QVERIFY(found.has_value() && found->best);
        QCOMPARE(found->best->adapter, QStringLiteral("prisma"));
        QCOMPARE(found->best->sessions.encoding, store::ExpiresEncoding::EpochMilliseconds);
        QVERIFY(found->best->sessions.ipAddress && found->best->sessions.userAgent && found->best->sessions.createdAt);

        const auto store = openDemo(path);
        QVERIFY(store != nullptr);
        const auto stats = store->stats(now, Call::within(10s));
        QVERIFY(stats.has_value());
        QCOMPARE(stats->live + stats->expired + stats->orphan, 4000);
        QVERIFY2(stats->live > 2400 && stats->live < 2900, qPrintable(QString::number(stats->live)));
        QVERIFY2(stats->expired > 900, qPrintable(QString::number(stats->expired)));
        QVERIFY2(stats->orphan > 50, qPrintable(QString::number(stats->orphan)));
        QVERIFY(stats->expiring24h > 50);
        QVERIFY(stats->byProvider.size() >= 5); // with "none"
    }

    void theVisitorIsThere()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("demo.db"));
        QVERIFY(createDemoDatabase(path, {1, 1, now}, visitor(), Call::within(60s)).has_value());
        const auto store = openDemo(path);
        QVERIFY(store != nullptr);
        const auto row = store->lookup(visitor().token.view(), Call::within(10s));
        QVERIFY(row.has_value() && row->has_value());
        QCOMPARE((*row)->userEmail, visitor().email);
        QVERIFY(*(*row)->expires > now + std::chrono::hours(24 * 29));
    }

    void theSameSeedMakesTheSameRows()
    {
        QTemporaryDir dir;
        const auto make = [&](const QString &name, quint64 seed) {
            const QString path = dir.filePath(name);
            if (!createDemoDatabase(path, {300, seed, now}, visitor(), Call::within(60s)))
                return std::vector<session::ListedSession>();
            store::SessionQuery query;
            query.state = store::StateFilter::All;
            query.limit = 1000;
            return openDemo(path)->page(query, std::nullopt, now, Call::within(10s))->sessions;
        };
        const auto first = make(QStringLiteral("a"), 7);
        QCOMPARE(first.size(), 300U);
        QVERIFY(first == make(QStringLiteral("b"), 7));
        QVERIFY(first != make(QStringLiteral("c"), 8));
    }

    void namesCoverTheAwkward()
    {
        demo::DemoRandom random(1);
        std::set<QString> emails;
        int unnamed = 0;
        int withoutProvider = 0;
        int several = 0;
        bool apostrophe = false;
        bool beyondLatin = false;
        for (qint64 i = 0; i < 3000; ++i) {
            const demo::DemoPerson person = demo::makePerson(random, i);
            if (person.email)
                QVERIFY2(emails.insert(*person.email).second, qPrintable(*person.email));
            unnamed += person.name ? 0 : 1;
            withoutProvider += person.providers.isEmpty() ? 1 : 0;
            several += person.providers.size() > 1 ? 1 : 0;
            const QString name = person.name.value_or(QString());
            apostrophe = apostrophe || name.contains(QLatin1Char('\''));
            beyondLatin =
                beyondLatin || std::any_of(name.begin(), name.end(), [](QChar c) { return c.unicode() > 0x2fff; });
        }
        QVERIFY(unnamed > 0 && withoutProvider > 0 && several > 0 && apostrophe && beyondLatin);
        QVERIFY(QUuid(QString::fromLatin1(random.uuid())).version() == QUuid::Random);
        QCOMPARE(random.cuid().size(), 25);
    }

    void neverTouchesAFileThatIsThere()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(QStringLiteral("mine.db"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("precious");
        file.close();
        const auto made = createDemoDatabase(path, {10, 1, now}, visitor(), Call::within(60s));
        QVERIFY(!made.has_value());
        QCOMPARE(made.error().code, ErrorCode::FileUnwritable);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("precious"));
        QVERIFY(!*demo::isDemoDatabase(path));
        QCOMPARE(demo::isDemoDatabase(dir.filePath(QStringLiteral("none"))).error().code, ErrorCode::FileUnreadable);
    }

    void cancelledLeavesNothing()
    {
        QTemporaryDir dir;
        std::stop_source stop;
        stop.request_stop();
        const auto made = createDemoDatabase(dir.filePath(QStringLiteral("demo.db")), {4000, 1, now}, visitor(),
                                             Call::within(60s, stop.get_token()));
        QVERIFY(!made.has_value());
        QCOMPARE(made.error().code, ErrorCode::Cancelled);
        QVERIFY(QDir(dir.path()).entryList(QDir::Files).isEmpty());
    }
};

QTEST_GUILESS_MAIN(DemoDataTest)
#include "tst_DemoData.moc"
