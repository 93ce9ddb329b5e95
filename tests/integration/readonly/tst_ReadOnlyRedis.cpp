#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/redis/ReadOnlyChannel.h"
#include "core/revoke/CachedCopies.h"
#include "core/workspace/Workspace.h"
#include "tests/integration/readonly/EntryPoints.h"
#include "tests/support/RedisFixtures.h"
#include "tests/support/RedisServer.h"

using namespace rollcall;
using base::ErrorCode;
using test::EntryPoint;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(30));
}

/// What a Redis server says that it is asked, by MONITOR.
class Monitor final
{
public:
    explicit Monitor(const test::RedisServer &server) : m_url(server.url())
    {
        m_process.start(QStringLiteral("redis-cli"),
                        {QStringLiteral("-p"), QString::number(server.port()), QStringLiteral("monitor")});
        while (!m_process.canReadLine() && m_process.waitForReadyRead(10'000)) {
        }
        m_isRunning = m_process.readLine().trimmed() == "OK";
    }
    ~Monitor()
    {
        m_process.terminate();
        m_process.waitForFinished();
    }
    Monitor(const Monitor &) = delete;
    Monitor &operator=(const Monitor &) = delete;

    [[nodiscard]] bool isRunning() const { return m_isRunning; }
    /// The commands since it was asked last, in small letters.
    [[nodiscard]] QStringList commands()
    {
        // One of our own ends what is read.
        const QByteArray mark = "mark-" + QByteArray::number(++m_marks);
        test::redisCommand(m_url, {"ECHO", mark});
        static const QRegularExpression line(
            QStringLiteral("^[0-9.]+ \\[[^]]*\\] \"([^\"]*)\"( \"rollcall:1:check:)?"));
        QStringList commands;
        while (true) {
            while (!m_process.canReadLine()) {
                if (!m_process.waitForReadyRead(10'000))
                    return {QStringLiteral("nothing from the server")};
            }
            const QByteArray text = m_process.readLine();
            if (text.contains(mark))
                return commands;
            // What `check` tries on a key that is not there changes nothing: see changes().
            if (const auto match = line.match(QString::fromUtf8(text)); match.hasMatch() && match.captured(2).isEmpty())
                commands << match.captured(1).toLower();
        }
    }

private:
    redis::RedisUrl m_url;
    QProcess m_process;
    int m_marks = 0;
    bool m_isRunning = false;
};

/// The commands that the server itself counts among those of @p category.
QStringList commandsOf(const test::RedisServer &server, const char *category)
{
    QProcess asking;
    asking.start(QStringLiteral("redis-cli"),
                 {QStringLiteral("-p"), QString::number(server.port()), QStringLiteral("COMMAND"),
                  QStringLiteral("LIST"), QStringLiteral("FILTERBY"), QStringLiteral("ACLCAT"),
                  QLatin1StringView(category)});
    asking.waitForFinished();
    return QString::fromUtf8(asking.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

/// How often the server's data was changed since it began, by its own count.
qint64 changes(const test::RedisServer &server)
{
    static const QRegularExpression count(QStringLiteral("rdb_changes_since_last_save:(\\d+)"));
    const QString info = QString::fromUtf8(test::redisCommand(server.url(), {"INFO", "persistence"}));
    const auto match = count.match(info);
    return match.hasMatch() ? match.captured(1).toLongLong() : -1;
}

} // namespace

/// Every entry point of core over channels for reading, while the Redis server itself says what it is asked: of the
/// commands that write, run scripts or govern the server, by its own word, none comes but those by which `check` tries
/// on a key that is not there whether a cache may be written; and its data is not changed once.
class ReadOnlyRedisTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noCommandWrites();

private:
    base::SystemClock m_clock;
};

void ReadOnlyRedisTest::noCommandWrites()
{
    test::RedisServer server;
    QVERIFY2(server.problem().isEmpty(), qPrintable(server.problem()));
    QString problem;
    test::loadRedis(server.url(), test::redisFixture(QStringLiteral("upstash-redis-adapter-redis")), problem);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
    QStringList forbidden;
    for (const char *category : {"write", "scripting", "admin"}) {
        const QStringList commands = commandsOf(server, category);
        QVERIFY2(commands.size() > 3, category);
        forbidden << commands;
    }
    QVERIFY(forbidden.contains(QStringLiteral("set")) && forbidden.contains(QStringLiteral("eval")));
    QVERIFY(!forbidden.contains(QStringLiteral("get")));
    const test::RedisKeys before = test::redisKeys(server.url());
    const qint64 changesBefore = changes(server);
    QVERIFY(changesBefore > 0); // it was filled

    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    profile.database = QStringLiteral("redis://127.0.0.1:%1").arg(server.port());
    profile.cache = profile.database;
    auto config = deployment::ConnectionConfig::from(std::move(profile), {}, std::chrono::seconds(10));
    QVERIFY2(config.has_value(), config ? "" : qPrintable(base::oneLine(config.error())));
    Monitor monitor(server);
    QVERIFY(monitor.isRunning());
    const auto deployment = deployment::Deployment::open(config->clone(), {true, false}, m_clock, soon());
    QVERIFY2(deployment.has_value(), deployment ? "" : qPrintable(base::oneLine(deployment.error())));
    const auto store = (*deployment)->openStore(store::Access::ReadOnly, soon());
    QVERIFY2(store.has_value(), store ? "" : qPrintable(base::oneLine(store.error())));
    const QTemporaryDir folder;
    const auto vault = workspace::openKeyFileVault(folder.filePath(QStringLiteral("keys")));
    audit::AuditLog log(folder.filePath(QStringLiteral("audit")), vault.get(), m_clock);
    const test::ReadingWorld world{
        *config, *deployment, **store, log, {revoke::operationsBelow(folder.path()), vault.get()}, m_clock};

    qsizetype seen = 0;
    const auto check = [&](const EntryPoint &entry) {
        const QStringList commands = monitor.commands();
        seen += commands.size();
        for (const QString &command : commands)
            QVERIFY2(!forbidden.contains(command),
                     qPrintable(QLatin1String(entry.name) + QStringLiteral(": ") + command));
    };
    std::vector<EntryPoint> reading = test::readingEntryPoints();
    reading.push_back({"listCopies", [](const test::ReadingWorld &w) -> base::Status {
                           const auto channel = redis::makeChannel(w.config.cache->clone(), w.config.httpOptions);
                           redis::ReadOnlyChannel readOnly(*channel);
                           const auto pattern = cache::CacheKeyPattern::parse(QStringLiteral("user:session:{token}"));
                           if (!pattern)
                               return base::fail(pattern.error());
                           const std::array patterns{*pattern};
                           const auto copies = revoke::listCopies(readOnly, patterns, w.clock.now(),
                                                                  w.config.storeOptions.scanPace, soon());
                           return copies && !copies->copies.empty()
                                      ? base::Status()
                                      : base::fail(copies ? base::Error(ErrorCode::Internal) : copies.error());
                       }});
    for (const EntryPoint &entry : reading) {
        if (entry.isSqlOnly)
            continue;
        const base::Status status = entry.call(world);
        QVERIFY2(status.has_value(), qPrintable(QLatin1String(entry.name) + QStringLiteral(": ") +
                                                (status ? QString() : base::oneLine(status.error()))));
        check(entry);
        if (QTest::currentTestFailed())
            return;
    }
    QVERIFY2(seen > 40, qPrintable(QStringLiteral("the server was asked only %1 times").arg(seen)));
    for (const EntryPoint &entry : test::writingEntryPoints()) {
        if (entry.isSqlOnly)
            continue;
        const base::Status status = entry.call(world);
        QVERIFY2(!status && status.error().code == ErrorCode::WriteRefused,
                 qPrintable(QLatin1String(entry.name) + QStringLiteral(": ") +
                            (status ? QStringLiteral("was done") : base::oneLine(status.error()))));
        check(entry);
        if (QTest::currentTestFailed())
            return;
    }
    QCOMPARE(test::redisKeys(server.url()), before);
    QCOMPARE(changes(server), changesBefore);
    static_cast<void>(monitor.commands());

    // That a write would be seen.
    const auto writing = (*deployment)->openStore(store::Access::Write, soon());
    QVERIFY(writing.has_value());
    store::SessionQuery everything;
    everything.state = store::StateFilter::All;
    const auto rows = (*store)->planRows(everything, 100, m_clock.now(), soon());
    QVERIFY(rows.has_value() && !rows->empty());
    const std::array keys{rows->front().key.clone()};
    QVERIFY((*writing)->deleteRows(keys, soon()).has_value());
    QVERIFY(changes(server) > changesBefore);
    const QStringList commands = monitor.commands();
    QVERIFY(std::ranges::any_of(commands, [&](const QString &command) { return forbidden.contains(command); }));
}

QTEST_GUILESS_MAIN(ReadOnlyRedisTest)
#include "tst_ReadOnlyRedis.moc"
