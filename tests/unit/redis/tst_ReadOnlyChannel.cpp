#include <QtTest>

#include "core/redis/ReadOnlyChannel.h"

using namespace rollcall;
using redis::RedisCommand;
using redis::RedisReply;

namespace {

/// Remembers what reaches it.
class Recorder final : public redis::RedisChannel
{
public:
    base::Result<std::vector<RedisReply>> pipeline(std::span<const RedisCommand> commands, const base::Call &) override
    {
        sent.insert(sent.end(), commands.begin(), commands.end());
        return std::vector<RedisReply>(commands.size());
    }
    std::vector<RedisCommand> sent;
};

} // namespace

class ReadOnlyChannelTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void letsReadersPass()
    {
        Recorder recorder;
        redis::ReadOnlyChannel channel(recorder);
        const std::vector<RedisCommand> commands{{"GET", "k"},       {"mget", "k", "l"}, {"Scan", "0", "COUNT", "5"},
                                                 {"EXISTS", "k"},    {"STRLEN", "k"},    {"PING"},
                                                 {"INFO", "server"}, {"TIME"},           {"DBSIZE"}};
        QVERIFY(channel.pipeline(commands, {}).has_value());
        QCOMPARE(recorder.sent, commands);
    }

    void refusesAllElse_data()
    {
        QTest::addColumn<QByteArray>("command");
        // KEYS reads, but stops the server; SORT, GETEX, EVAL_RO and the like have forms that write or run long.
        for (const char *command :
             {"SET",        "DEL",     "UNLINK",    "EXPIRE", "EVAL",  "EVALSHA", "EVAL_RO", "KEYS",
              "FLUSHALL",   "FLUSHDB", "CONFIG",    "SORT",   "GETEX", "GETDEL",  "GETSET",  "RENAME",
              "MULTI",      "MONITOR", "SUBSCRIBE", "SCRIPT", "DEBUG", "GE",      "GETS",    "",
              "GET\r\nDEL", " GET",    "MSET",      "COPY",   "MOVE"})
            QTest::newRow(command) << QByteArray(command);
    }
    void refusesAllElse()
    {
        QFETCH(QByteArray, command);
        Recorder recorder;
        redis::ReadOnlyChannel channel(recorder);
        const std::vector<RedisCommand> commands{{"GET", "k"}, {command, "k"}};
        const auto refused = channel.pipeline(commands, {});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, base::ErrorCode::WriteRefused);
        QVERIFY(recorder.sent.empty());
        QCOMPARE(channel.send(RedisCommand{}, {}).error().code, base::ErrorCode::WriteRefused);
    }
};

QTEST_GUILESS_MAIN(ReadOnlyChannelTest)
#include "tst_ReadOnlyChannel.moc"
