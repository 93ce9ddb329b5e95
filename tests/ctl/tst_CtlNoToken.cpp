#include <QtTest>

#include <QProcess>

#include "core/redis/RedisChannel.h"
#include "tests/ctl/PostgresShop.h"
#include "tests/support/RedisServer.h"
#include "tests/support/TokenScan.h"

using namespace rollcall;
using test::CtlProcess;
using test::CtlResult;
using test::TokenScan;
using test::words;

namespace {

constexpr int liveTokens = 6;
constexpr int allTokens = 8; // two of them have long expired

/// With everything in it that some form would write otherwise.
QByteArray tokenOf(int number)
{
    return "5e55/" + QByteArray::number(number).rightJustified(12, '0') + "+0%20=\"~odd\\chars?&-10n";
}

QByteArrayList allOf()
{
    QByteArrayList tokens;
    for (int i = 0; i < allTokens; ++i)
        tokens << tokenOf(i);
    return tokens;
}

QString textOf(const CtlResult &result, const char *member)
{
    return result.json().value(QLatin1StringView(member)).toString();
}

} // namespace

/// Everything that acts on sessions, on PostgreSQL and with a cache in Redis: what it says and what it writes, searched
/// for the sessions' tokens.
class CtlNoTokenTest final : public QObject, private test::PostgresShop
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void theScanFindsWhatIsPlanted_data();
    void theScanFindsWhatIsPlanted();
    void theScanFindsTheOneFileThatHoldsACanary();
    void noneIsSaidOrWritten();

private:
    void fill();
    /// Runs @p arguments, searches what is said, and fails where it does not end with @p exit.
    CtlResult act(const QStringList &arguments, int exit = 0);
    CtlResult act(const char *arguments, int exit = 0) { return act(words(arguments), exit); }
    void searchFiles(int atLeast);
    [[nodiscard]] QString path(const char *name) const
    {
        return m_ctl.folder() + QLatin1Char('/') + QLatin1StringView(name);
    }

    test::RedisServer m_redis;
    CtlProcess m_ctl;
    const TokenScan m_scan{allOf()};
};

void CtlNoTokenTest::initTestCase()
{
    QVERIFY2(m_redis.problem().isEmpty(), qPrintable(m_redis.problem()));
    // A database that quotes the row in its refusal.
    makeTables({}, QStringLiteral("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION "
                                  "''may not delete %'', OLD.\"sessionToken\" USING DETAIL = OLD.\"sessionToken\", "
                                  "HINT = OLD.\"sessionToken\"; END';"));
    giveAddress(m_ctl);
    m_ctl.setEnvironment(QStringLiteral("CACHE"), QStringLiteral("redis://localhost:%1/0").arg(m_redis.port()));
    m_ctl.setEnvironment(QStringLiteral("AWAY"), QStringLiteral("redis://localhost:1/0"));
    fill();
}

void CtlNoTokenTest::fill()
{
    QString rows = QStringLiteral("TRUNCATE sessions;");
    redis::RedisCommand copies{"MSET"};
    for (int i = 0; i < allTokens; ++i) {
        rows +=
            QStringLiteral("INSERT INTO sessions (\"sessionToken\", \"userId\", expires) VALUES ('%1', %2, now() %3 "
                           "interval '20 days');")
                .arg(QString::fromLatin1(tokenOf(i)))
                .arg(i + 1)
                .arg(QLatin1Char(i < liveTokens ? '+' : '-'));
        copies.insert(copies.end(), {"app:s:" + tokenOf(i), "{\"userId\":\"1\"}"});
    }
    run(rows);
    const auto set = redis::makeChannel(m_redis.url(), {})->send(copies, base::Call::within(std::chrono::seconds(10)));
    QVERIFY(set && set->text == "OK");
}

CtlResult CtlNoTokenTest::act(const QStringList &arguments, int exit)
{
    CtlResult result = m_ctl.run(arguments);
    const QStringList found =
        m_scan.findIn(QStringLiteral("stdout"), result.out) + m_scan.findIn(QStringLiteral("stderr"), result.err);
    const QByteArray all = arguments.join(QLatin1Char(' ')).toUtf8() + '\n' + result.all();
    if (!found.isEmpty())
        QTest::qFail(QByteArray(found.join(QLatin1Char('\n')).toUtf8() + '\n' + all).constData(), __FILE__, __LINE__);
    if (result.exitCode != exit)
        QTest::qFail(all.constData(), __FILE__, __LINE__);
    return result;
}

void CtlNoTokenTest::searchFiles(int atLeast)
{
    int files = 0;
    const QStringList found = m_scan.findBelow(m_ctl.folder(), {}, files);
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
    QVERIFY2(files >= atLeast, qPrintable(QStringLiteral("only %1 files").arg(files)));
}

void CtlNoTokenTest::theScanFindsWhatIsPlanted_data()
{
    QTest::addColumn<QByteArray>("content");
    const QByteArray token = tokenOf(3);
    const auto row = [&](const char *name, const QByteArray &form) {
        QTest::newRow(name) << QByteArray("before " + form + " after");
    };
    row("plain", token);
    row("JSON", "5e55/000000000003+0%20=\\\"~odd\\\\chars?&-10n");
    row("UTF-16", QByteArray(reinterpret_cast<const char *>(QString::fromLatin1(token).utf16()), 2 * token.size()));
    row("percent", "5e55%2F000000000003%2B0%2520%3D%22~odd%5Cchars%3F%26-10n");
    row("percent, small", "5e55%2f000000000003%2b0%2520%3d%22~odd%5cchars%3f%26-10n");
    row("hexadecimal", token.toHex());
    row("hexadecimal, large", token.toHex().toUpper());
    for (const char *around : {"", "x", "xy", "xyz"}) {
        const QByteArray inside = around + token + "more";
        QTest::addRow("Base64 after '%s'", around) << inside.toBase64();
        QTest::addRow("base64url after '%s'", around) << inside.toBase64(QByteArray::Base64UrlEncoding);
    }
}

void CtlNoTokenTest::theScanFindsWhatIsPlanted()
{
    QFETCH(QByteArray, content);
    const QTemporaryDir folder;
    QDir(folder.path()).mkpath(QStringLiteral(".hidden/deep"));
    QFile file(folder.filePath(QStringLiteral(".hidden/deep/.file")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.flush());
    int files = 0;
    const QStringList found = m_scan.findBelow(folder.path(), {}, files);
    QCOMPARE(files, 1);
    QVERIFY2(found.join(QString()).contains(QStringLiteral("token 3 as")), qPrintable(found.join(QLatin1Char('\n'))));
    QVERIFY2(!found.join(QString()).contains(QStringLiteral("token 2 as")), "only what is there");
}

void CtlNoTokenTest::theScanFindsTheOneFileThatHoldsACanary()
{
    // The cookie file is where a canary's token may be; nothing else that the command writes.
    const QString file = path("cookie");
    const CtlResult minted = act(words("token mint --yes --database-env DB --out") << file);
    QFile cookie(file);
    QVERIFY(cookie.open(QIODevice::ReadOnly));
    const QByteArray line = cookie.readAll().trimmed();
    cookie.close();
    const TokenScan scan({line.sliced(line.indexOf('=') + 1)});
    int files = 0;
    const QStringList found = scan.findBelow(m_ctl.folder(), {}, files);
    QVERIFY2(!found.isEmpty() && found.filter(file).size() == found.size(), qPrintable(found.join(QLatin1Char('\n'))));
    QVERIFY(scan.findIn(QStringLiteral("answer"), minted.out + minted.err).isEmpty());
    QVERIFY(cookie.remove());
    act("token remove --all --yes --database-env DB");
}

void CtlNoTokenTest::noneIsSaidOrWritten()
{
    const QStringList cached = words("--cache-env CACHE --cache-keys app:s:{token} --database-env DB");
    for (const char *look :
         {"sessions list --state all", "sessions list --state all --format table", "sessions list --format csv",
          "sessions stats", "users list", "findings", "schema detect", "sessions revoke --all --dry-run"})
        act(words(look) + words("--database-env DB"));
    act(words("cache list") + cached);
    act(words("cache drift") + cached);

    // The database refuses, and says of which row.
    run(QStringLiteral("CREATE TRIGGER refuse BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse();"));
    const CtlResult refused = m_ctl.run(words("sessions revoke --yes --user 1 --database-env DB --reason refused"));
    QVERIFY2(refused.exitCode != 0, refused.all().constData());
    QVERIFY2(m_scan.findIn(QStringLiteral("answer"), refused.out + refused.err).isEmpty(), refused.all().constData());
    const CtlResult unpruned = m_ctl.run(words("sessions prune --yes --database-env DB --reason refused"));
    QVERIFY2(unpruned.exitCode != 0, unpruned.all().constData());
    QVERIFY2(m_scan.findIn(QStringLiteral("answer"), unpruned.out + unpruned.err).isEmpty(),
             unpruned.all().constData());
    run(QStringLiteral("DROP TRIGGER refuse ON sessions;"));
    searchFiles(3);

    // Planned, approved, carried out while the cache is away; then to its end.
    act(words("plan save --all --database-env DB --out") << path("plan.json"));
    act(words("plan show") << path("plan.json"));
    act(words("plan approve --out") << path("approval.json") << path("plan.json"));
    const CtlResult cut = act(words("sessions revoke --yes --batch-size 2 --cache-env AWAY --cache-keys app:s:{token} "
                                    "--database-env DB --reason drill --plan")
                                  << path("plan.json"),
                              5);
    act("operations list");
    searchFiles(8);
    const QString id = textOf(cut, "auditId");
    const CtlResult resumed = act(words("operations resume --yes") + cached + QStringList(id));
    QCOMPARE(resumed.json().value(QStringLiteral("cachePurged")).toInt(), liveTokens);
    searchFiles(6);

    // Undone; one is there again, so that a unique index refuses and its detail quotes the token.
    run(QStringLiteral(
            "INSERT INTO sessions (id, \"sessionToken\", \"userId\", expires) VALUES (9999, '%1', 1, now() + "
            "interval '1 day')")
            .arg(QString::fromLatin1(tokenOf(0))));
    const CtlResult restored = act(words("sessions restore --yes --database-env DB --reason drill") << id, 1);
    QCOMPARE(restored.json().value(QStringLiteral("restored")).toInt(), liveTokens - 1);
    QCOMPARE(restored.json().value(QStringLiteral("skipped")).toInt(), 1);

    QCOMPARE(
        act("sessions prune --yes --database-env DB --reason drill").json().value(QStringLiteral("revoked")).toInt(),
        allTokens - liveTokens);
    const CtlResult purged = act(words("cache purge --all --yes --reason drill") + cached);
    QCOMPARE(purged.json().value(QStringLiteral("purged")).toInt(), allTokens - liveTokens);

    act("audit list");
    act("audit verify");
    act(words("audit export --as json --out") << path("export.json"));
    act(words("audit export --as csv --out") << path("export.csv"));
    act(words("audit evidence --operation") << id << QStringLiteral("--out") << path("evidence.tar"));
    QDir().mkpath(path("unpacked"));
    QCOMPARE(QProcess::execute(QStringLiteral("tar"),
                               {QStringLiteral("xf"), path("evidence.tar"), QStringLiteral("-C"), path("unpacked")}),
             0);
    QVERIFY(!QDir(path("unpacked")).isEmpty());
    searchFiles(12);
}

QTEST_GUILESS_MAIN(CtlNoTokenTest)
#include "tst_CtlNoToken.moc"
