#include <QtTest>

#include "core/base/ErrorText.h"
#include "core/redis/RedisChannel.h"
#include "tests/support/RedisServer.h"
#include "tests/support/TestPaths.h"

using namespace rollcall;
using base::ErrorCode;

namespace {

base::Call soon()
{
    return base::Call::within(std::chrono::seconds(20));
}

} // namespace

/// A Redis server that wants to see a certificate of ours before it lets anybody in.
class RedisCertificateTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void isShownWhereItIsWanted_data();
    void isShownWhereItIsWanted();
    void isShownOnEveryConnection();

private:
    [[nodiscard]] QString file(const QString &name) const { return m_files.filePath(name); }
    [[nodiscard]] redis::RedisUrl address(const QString &version, const QString &certificate, const QString &key,
                                          const QByteArray &password) const;

    QTemporaryDir m_files;
    std::map<QString, std::unique_ptr<test::RedisServer>> m_servers; ///< by version of TLS
};

void RedisCertificateTest::initTestCase()
{
    const QString script = QStringLiteral("source \"$1\"; make_certificates \"$2\"");
    QCOMPARE(QProcess::execute(QStringLiteral("bash"),
                               {QStringLiteral("-c"), script, QStringLiteral("bash"),
                                test::sourceFile(QStringLiteral("tests/support/throwaway.sh")), m_files.path()}),
             0);
    for (const QString &version : {QStringLiteral("TLSv1.2"), QStringLiteral("TLSv1.3")}) {
        auto server =
            std::make_unique<test::RedisServer>(QStringList{QStringLiteral("--requirepass"), QStringLiteral("pw"),
                                                            QStringLiteral("--tls-protocols"), version},
                                                test::RedisServer::Tls::Only, file(QStringLiteral("ca.pem")));
        QVERIFY2(server->problem().isEmpty(), qPrintable(server->problem()));
        m_servers.emplace(version, std::move(server));
    }
}

redis::RedisUrl RedisCertificateTest::address(const QString &version, const QString &certificate, const QString &key,
                                              const QByteArray &password) const
{
    redis::RedisUrl url = m_servers.at(version)->url(":pw");
    url.certificate = {certificate.isEmpty() ? QString() : file(certificate), key.isEmpty() ? QString() : file(key),
                       base::SecretBytes(password)};
    return url;
}

void RedisCertificateTest::isShownWhereItIsWanted_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QString>("code"); // empty: it works
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, const char *certificate, const char *key, const char *password,
                        const char *code, const char *words) {
        for (const char *version : {"TLSv1.2", "TLSv1.3"})
            QTest::addRow("%s, %s", name, version)
                << QString::fromLatin1(version) << QString::fromLatin1(certificate) << QString::fromLatin1(key)
                << QByteArray(password) << QString::fromLatin1(code) << QString::fromLatin1(words);
    };
    row("none", "", "", "", "ConnectionLost", "client certificate");
    row("with its key", "client.pem", "client.key", "", "", "");
    row("with a locked key", "client.pem", "locked.key", "open sesame", "", "");
    row("with a locked key and a wrong password", "client.pem", "locked.key", "s3same", "FileUnreadable",
        "does not open the key");
    row("without its key", "client.pem", "", "", "UrlInvalid", "belong together");
    row("of a stranger", "stranger.pem", "stranger.key", "", "TlsFailed", "client certificate");
    row("that is none", "client.key", "client.key", "", "FileFormatInvalid", "no certificate");
    row("that is not there", "nowhere.pem", "client.key", "", "FileUnreadable", "nowhere.pem");
}

void RedisCertificateTest::isShownWhereItIsWanted()
{
    QFETCH(QString, version);
    QFETCH(QString, certificate);
    QFETCH(QString, key);
    QFETCH(QByteArray, password);
    QFETCH(QString, code);
    QFETCH(QString, words);
    const auto channel = redis::makeChannel(address(version, certificate, key, password), {});
    const auto answer = channel->send({"PING"}, soon());
    const QByteArray failure = answer ? QByteArray() : base::oneLine(answer.error()).toUtf8();
    if (code.isEmpty()) {
        QVERIFY2(answer.has_value(), failure.constData());
        QCOMPARE(answer->text, QByteArray("PONG"));
        return;
    }
    QVERIFY(!answer);
    // In the handshake of TLS 1.2 the server says that it failed; of TLS 1.3 it hangs up afterwards.
    if (version == QStringLiteral("TLSv1.2") && code == QStringLiteral("ConnectionLost"))
        code = QStringLiteral("TlsFailed");
    QVERIFY2(base::errorName(answer.error().code) == code, failure.constData());
    QVERIFY2(failure.contains(words.toUtf8()), failure.constData());
    QVERIFY2(!failure.contains("s3same"), failure.constData());
}

void RedisCertificateTest::isShownOnEveryConnection()
{
    const auto channel = redis::makeChannel(
        address(QStringLiteral("TLSv1.3"), QStringLiteral("client.pem"), QStringLiteral("client.key"), {}), {});
    QVERIFY(channel->send({"PING"}, soon()).has_value());
    // The server hangs up; the channel comes back by itself.
    static_cast<void>(channel->send({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"}, soon()));
    const auto again = channel->send({"PING"}, soon());
    QVERIFY2(again.has_value(), again ? "" : qPrintable(base::oneLine(again.error())));
}

QTEST_GUILESS_MAIN(RedisCertificateTest)
#include "tst_RedisCertificate.moc"
