#include <QtTest>

#include "core/redis/UpstashChannel.h"
#include "tests/support/ScriptedServer.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::ErrorCode;
using redis::RedisReply;
using test::Reply;
using test::ScriptedServer;

namespace {

std::unique_ptr<redis::RedisChannel> channelTo(const ScriptedServer &server)
{
    auto url =
        redis::RedisUrl::parse("upstash:http://default:rest-token@127.0.0.1:" + QByteArray::number(server.port()));
    return redis::makeChannel(std::move(*url), {});
}

const std::vector<redis::RedisCommand> commands{{"SET", "k", "v\"1"}, {"GET", "k"}};

} // namespace

class UpstashChannelTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsAPipeline()
    {
        ScriptedServer server([](const ScriptedServer::Request &) {
            return Reply::http(200, "[{\"result\":\"OK\"},{\"error\":\"WRONGTYPE of\"}]");
        });
        const auto channel = channelTo(server);
        const auto replies = channel->pipeline(commands, base::Call::within(1min));
        QVERIFY(replies.has_value());
        QCOMPARE(replies->size(), std::size_t{2});
        QVERIFY(replies->at(0) == RedisReply::ofText("OK"));
        QVERIFY(replies->at(1) == RedisReply::ofError("WRONGTYPE of"));
        const auto request = server.requests().front();
        QCOMPARE(request.requestLine(), QByteArray("POST /pipeline HTTP/1.1"));
        QCOMPARE(request.header("authorization"), QByteArray("Bearer rest-token"));
        QVERIFY(request.bytes.endsWith("[[\"SET\",\"k\",\"v\\\"1\"],[\"GET\",\"k\"]]"));
    }

    void readsEveryKindOfResult()
    {
        ScriptedServer server([](const ScriptedServer::Request &) {
            return Reply::http(200, "[{\"result\":null},{\"result\":[\"a\",null,7]}]");
        });
        const auto replies = channelTo(server)->pipeline(commands, base::Call::within(1min));
        QVERIFY(replies.has_value());
        QVERIFY(replies->at(0) == RedisReply());
        QVERIFY(replies->at(1) ==
                RedisReply::ofArray({RedisReply::ofText("a"), RedisReply(), RedisReply::ofInteger(7)}));
    }

    void failsByName_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ErrorCode>("code");
        QTest::newRow("token refused") << 401 << QByteArray("{\"error\":\"Unauthorized\"}")
                                       << ErrorCode::AuthenticationFailed;
        QTest::newRow("too many requests") << 429 << QByteArray("{}") << ErrorCode::DatabaseUnavailable;
        QTest::newRow("down") << 503 << QByteArray("{}") << ErrorCode::DatabaseUnavailable;
        QTest::newRow("redirect is not followed") << 302 << QByteArray() << ErrorCode::NotADatabase;
        QTest::newRow("a web page") << 200 << QByteArray("<html>") << ErrorCode::NotADatabase;
        QTest::newRow("too few answers") << 200 << QByteArray("[{\"result\":1}]") << ErrorCode::NotADatabase;
        QTest::newRow("neither result nor error") << 200 << QByteArray("[{},{}]") << ErrorCode::NotADatabase;
        QTest::newRow("a result that no Redis gives")
            << 200 << QByteArray("[{\"result\":{}},{\"result\":1.5}]") << ErrorCode::NotADatabase;
    }
    void failsByName()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        ScriptedServer server([&](const ScriptedServer::Request &) {
            return Reply::http(status, body, "text/plain", "Location: http://elsewhere.test/\r\n");
        });
        const auto replies = channelTo(server)->pipeline(commands, base::Call::within(1min));
        QVERIFY(!replies);
        QTEST(replies.error().code, "code");
        QCOMPARE(server.requests().size(), std::size_t{1});
    }

    void aHangingServiceEndsInTime()
    {
        ScriptedServer server([](const ScriptedServer::Request &) {
            Reply reply;
            reply.hang = true;
            return reply;
        });
        const auto replies = channelTo(server)->pipeline(commands, base::Call::within(1s));
        QVERIFY(!replies);
        QCOMPARE(replies.error().code, ErrorCode::Timeout);
    }
};

QTEST_GUILESS_MAIN(UpstashChannelTest)
#include "tst_UpstashChannel.moc"
