#include <QtTest>

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

#include <thread>

#include "core/demo/DemoDeployment.h"
#include "core/engine/SessionEngine.h"
#include "core/http/HttpClient.h"
#include "core/proxy/ProxyClient.h"
#include "core/store/StoreFactory.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;
using base::ErrorCode;
using demo::DemoDeployment;
using demo::DemoOptions;
using session::NullReason;
using session::Strategy;

namespace {

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::unique_ptr<DemoDeployment> start(DemoOptions options = {})
{
    if (options.sessions == DemoOptions().sessions)
        options.sessions = 200;
    auto demo = DemoDeployment::start(options, Call::within(60s));
    return demo ? std::move(*demo) : nullptr;
}

http::HttpResponse ask(const QUrl &base, const QString &path, const QByteArray &cookies = {},
                       const QByteArray &method = "GET")
{
    http::HttpClient client({});
    http::HttpRequest request;
    request.method = method;
    request.url = base.resolved(QUrl(path));
    if (!cookies.isEmpty())
        request.headers.emplace_back("Cookie", cookies);
    auto answer = client.send(request, Call::within(20s));
    return answer ? std::move(*answer) : http::HttpResponse();
}

/// The Set-Cookie lines that set @p name.
std::vector<QByteArray> setLines(const http::HttpResponse &answer, const QByteArray &name)
{
    std::vector<QByteArray> lines;
    for (const QByteArray &line : answer.headerValues("Set-Cookie")) {
        if (line.startsWith(QByteArray(name + '=')))
            lines.push_back(line);
    }
    return lines;
}

/// What a server on @p url answers to raw @p bytes until it closes.
QByteArray rawExchange(const QUrl &url, const QByteArray &bytes)
{
    QTcpSocket socket;
    socket.connectToHost(url.host(), static_cast<quint16>(url.port()));
    if (!socket.waitForConnected(5000))
        return {};
    socket.write(bytes);
    while (socket.waitForReadyRead(5000)) {
    }
    return socket.readAll();
}

std::unique_ptr<store::SessionStore> openStore(const demo::DemoInfo &info, store::Access access)
{
    const auto url = store::DatabaseUrl::parse(info.databaseUrl.toUtf8());
    const auto schema = store::detectSchema(*url, {}, Call::within(10s));
    auto opened = store::openStore(*url, *schema->best, {}, access, Call::within(10s));
    return opened ? std::move(*opened) : nullptr;
}

std::vector<store::PlannedRow> rowsOf(store::SessionStore &store, store::StateFilter state)
{
    store::SessionQuery query;
    query.state = state;
    auto rows = store.planRows(query, 1000, base::SystemClock().now(), Call::within(10s));
    return rows ? std::move(*rows) : std::vector<store::PlannedRow>();
}

QByteArray cookieOf(const store::PlannedRow &row)
{
    return "authjs.session-token=" + row.key.token.view().toByteArray();
}

} // namespace

class DemoDeploymentTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = start();
        QVERIFY(m_demo != nullptr);
        m_cookie = contentOf(m_demo->info().cookieFile);
        m_jwtCookie = contentOf(m_demo->info().jwtCookieFile);
        QVERIFY(m_cookie.startsWith("authjs.session-token="));
        QVERIFY(m_jwtCookie.startsWith("authjs.session-token=ey"));
    }

    void filesArePrivate()
    {
        const demo::DemoInfo &info = m_demo->info();
        for (const QString &path :
             {info.secretFile, info.cookieFile, info.jwtCookieFile, QString(info.dir + QStringLiteral("/demo.db"))}) {
            const auto others =
                QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
            QVERIFY2(QFile::exists(path), qPrintable(path));
            QVERIFY2(!(QFile::permissions(path) & others), qPrintable(path));
        }
        QCOMPARE(contentOf(info.secretFile).size(), 44);
    }

    void routesByCookie_data()
    {
        QTest::addColumn<bool>("jwt");
        for (const bool jwt : {false, true}) {
            QTest::newRow(jwt ? "jwt" : "database") << jwt;
        }
    }

    void routesByCookie()
    {
        QFETCH(bool, jwt);
        const QUrl base = jwt ? m_demo->info().jwtBaseUrl : m_demo->info().baseUrl;
        const QByteArray valid = jwt ? m_jwtCookie : m_cookie;
        const QByteArray garbage("authjs.session-token=garbage");
        struct Expected
        {
            const char *path;
            int none, garbage, valid;
        };
        for (const Expected &row : {Expected{"/", 200, 200, 200},
                                    {"/api/health", 200, 200, 200},
                                    {"/api/me", 401, 401, 200},
                                    {"/api/orders", 307, 307, 200},
                                    {"/dashboard", 307, 307, 200},
                                    {"/reports", 307, 307, 200},
                                    {"/nowhere", 404, 404, 404},
                                    {"/api/authsession", 404, 404, 404}}) {
            const QString path = QString::fromLatin1(row.path);
            QVERIFY2(ask(base, path).status == row.none, row.path);
            QVERIFY2(ask(base, path, garbage).status == row.garbage, row.path);
            QVERIFY2(ask(base, path, valid).status == row.valid, row.path);
        }
        for (const QString &route : m_demo->info().routes)
            QCOMPARE(ask(base, route, valid).status, 200);
    }

    void pagesAreMadeFromTheTables()
    {
        const QUrl base = m_demo->info().baseUrl;
        const auto orders = QJsonDocument::fromJson(ask(base, QStringLiteral("/api/orders"), m_cookie).body).object();
        QCOMPARE(orders.value(QStringLiteral("orders")).toArray().size(), 12);
        const auto me = QJsonDocument::fromJson(ask(base, QStringLiteral("/api/me"), m_cookie).body).object();
        QCOMPARE(me.value(QStringLiteral("user")).toObject().value(QStringLiteral("email")).toString(),
                 QStringLiteral("visitor@example.com"));
        const http::HttpResponse dashboard = ask(base, QStringLiteral("/dashboard"), m_cookie);
        QVERIFY(dashboard.body.contains("visitor@example.com") && dashboard.body.contains("New customers"));
        QVERIFY(dashboard.header("server-timing").startsWith("session;dur="));
        const http::HttpResponse reports = ask(base, QStringLiteral("/reports"), m_cookie);
        QVERIFY(reports.body.size() > dashboard.body.size());
        QVERIFY(reports.body.contains("google"));
    }

    void guardedRoutesLeadToSignIn()
    {
        const QUrl base = m_demo->info().baseUrl;
        const http::HttpResponse answer = ask(base, QStringLiteral("/dashboard?a=b"));
        const QByteArray origin = base.toEncoded();
        QCOMPARE(answer.header("location"),
                 origin + "/api/auth/signin?callbackUrl=" +
                     QUrl::toPercentEncoding(base.toString() + QStringLiteral("/dashboard?a=b")));
        QCOMPARE(setLines(answer, "authjs.csrf-token").size(), 1U);
        QCOMPARE(setLines(answer, "authjs.callback-url").size(), 1U);
        QCOMPARE(setLines(answer, "authjs.session-token").size(), 0U);
        const http::HttpResponse refused = ask(base, QStringLiteral("/dashboard"), "authjs.session-token=garbage");
        QCOMPARE(setLines(refused, "authjs.session-token").size(), 1U);
        QVERIFY(setLines(refused, "authjs.session-token").front().contains("Max-Age=0"));
        QVERIFY(
            ask(base, QStringLiteral("/api/me"), "authjs.session-token=garbage").headerValues("Set-Cookie").empty());
    }

    void sessionEndpointWithoutCookie()
    {
        const http::HttpResponse answer = ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body, QByteArray("null"));
        QCOMPARE(answer.header("content-type"), QByteArray("application/json"));
        QCOMPARE(answer.header("cache-control"), QByteArray("private, no-cache, no-store"));
        QCOMPARE(answer.header("transfer-encoding"), QByteArray("chunked"));
        QVERIFY(!answer.header("date").isEmpty());
        QCOMPARE(answer.headerValues("Set-Cookie").size(), 2U);
        QVERIFY(setLines(answer, "authjs.csrf-token").front().endsWith("; Path=/; HttpOnly; SameSite=Lax"));
    }

    void csrfCookieProvesTheSecret()
    {
        const http::HttpResponse answer = ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/csrf"));
        const QByteArray line = setLines(answer, "authjs.csrf-token").front();
        const QByteArray value = QByteArray::fromPercentEncoding(line.mid(18, line.indexOf(';') - 18));
        const QList<QByteArray> parts = value.split('|');
        QCOMPARE(parts.size(), 2);
        QCOMPARE(parts.front().size(), 64);
        QCOMPARE(answer.body, "{\"csrfToken\":\"" + parts.front() + "\"}");
        QCOMPARE(parts.back(),
                 QCryptographicHash::hash(QByteArray(parts.front() + contentOf(m_demo->info().secretFile)),
                                          QCryptographicHash::Sha256)
                     .toHex());
        // Sent back it is kept, and the callback URL with it.
        const QByteArray kept = "authjs.csrf-token=" + parts.front() + "%7C" + parts.back() +
                                "; authjs.callback-url=" + QUrl::toPercentEncoding(m_demo->info().baseUrl.toString());
        QVERIFY(
            ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), kept).headerValues("Set-Cookie").empty());
        QCOMPARE(
            ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), "authjs.callback-url=nonsense").status,
            500);
    }

    void otherActions()
    {
        const QUrl base = m_demo->info().baseUrl;
        const auto providers = QJsonDocument::fromJson(ask(base, QStringLiteral("/api/auth/providers")).body).object();
        QCOMPARE(providers.keys().size(), 4);
        QCOMPARE(ask(base, QStringLiteral("/api/auth/nothing")).body, QByteArray("\"Bad request.\""));
        QCOMPARE(ask(base, QStringLiteral("/api/auth/session"), m_cookie, "HEAD").status, 400);
        QVERIFY(
            rawExchange(
                base, "POST /api/auth/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                .startsWith("HTTP/1.1 400"));
        QCOMPARE(ask(base, QStringLiteral("/api/auth/signin")).status, 200);
    }

    void databaseSession()
    {
        const http::HttpResponse answer = ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), m_cookie);
        const auto session = QJsonDocument::fromJson(answer.body).object();
        QCOMPARE(session.keys(), (QStringList{QStringLiteral("expires"), QStringLiteral("user")}));
        QVERIFY(answer.body.startsWith("{\"user\":{\"name\":\"Demo visitor\",\"email\":\"visitor@example.com\""));
        const QByteArray line = setLines(answer, "authjs.session-token").front();
        QVERIFY(line.startsWith(QByteArray(m_cookie + "; Path=/; Expires=")));
    }

    void jwtSession()
    {
        const http::HttpResponse answer =
            ask(m_demo->info().jwtBaseUrl, QStringLiteral("/api/auth/session"), m_jwtCookie);
        QVERIFY(answer.body.startsWith("{\"user\":{\"name\":\"Demo visitor\",\"email\":\"visitor@example.com\""));
        const QByteArray line = setLines(answer, "authjs.session-token").front();
        QVERIFY(!line.startsWith(m_jwtCookie)); // a new token every time
        const QByteArray renewed = line.left(line.indexOf(';'));
        QVERIFY(
            ask(m_demo->info().jwtBaseUrl, QStringLiteral("/api/auth/session"), renewed).body.startsWith("{\"user\""));
        QByteArray tampered = m_jwtCookie;
        tampered[tampered.size() - 10] = tampered.at(tampered.size() - 10) == 'A' ? 'B' : 'A';
        const http::HttpResponse refused =
            ask(m_demo->info().jwtBaseUrl, QStringLiteral("/api/auth/session"), tampered);
        QCOMPARE(refused.body, QByteArray("null"));
        QCOMPARE(setLines(refused, "authjs.session-token").front(),
                 QByteArray("authjs.session-token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"));
    }

    void revokedRowIsRefused()
    {
        auto store = openStore(m_demo->info(), store::Access::Write);
        QVERIFY(store != nullptr);
        const std::vector<store::PlannedRow> live = rowsOf(*store, store::StateFilter::Live);
        QVERIFY(live.size() > 100);
        const store::PlannedRow &victim = live.at(20);
        QVERIFY(ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), cookieOf(victim))
                    .body.startsWith("{\"user\""));
        const std::vector<store::RowKey> keys = [&] {
            std::vector<store::RowKey> list;
            list.push_back(victim.key.clone());
            return list;
        }();
        QVERIFY(store->deleteRows(keys, Call::within(10s)).has_value());
        QCOMPARE(ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), cookieOf(victim)).body,
                 QByteArray("null"));
        QVERIFY(ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), cookieOf(live.at(21)))
                    .body.startsWith("{\"user\""));
    }

    void presentingAnExpiredRowDeletesIt()
    {
        auto store = openStore(m_demo->info(), store::Access::ReadOnly);
        const std::vector<store::PlannedRow> expired = rowsOf(*store, store::StateFilter::Expired);
        QVERIFY(!expired.empty());
        const http::HttpResponse answer =
            ask(m_demo->info().baseUrl, QStringLiteral("/api/auth/session"), cookieOf(expired.front()));
        QCOMPARE(answer.body, QByteArray("null"));
        QVERIFY(setLines(answer, "authjs.session-token").front().contains("Max-Age=0"));
        QCOMPARE(rowsOf(*store, store::StateFilter::Expired).size(), expired.size() - 1);
    }

    void aRowDueIsExtended()
    {
        auto store = openStore(m_demo->info(), store::Access::ReadOnly);
        // Those that expire first were used longest ago: beyond updateAge.
        const std::vector<store::PlannedRow> live = rowsOf(*store, store::StateFilter::Live);
        const auto first = std::min_element(
            live.begin(), live.end(), [](const auto &a, const auto &b) { return *a.shown.expires < *b.shown.expires; });
        QVERIFY(ask(m_demo->info().baseUrl, QStringLiteral("/dashboard"), cookieOf(*first)).status == 200);
        const auto row = store->lookup(first->key.token.view(), Call::within(10s));
        QVERIFY(*(*row)->expires > *first->shown.expires + std::chrono::hours(24));
    }

    void proxyAndLocalAgree()
    {
        for (const bool jwt : {false, true}) {
            auto profile = std::make_shared<session::AuthProfile>();
            profile->strategy = jwt ? Strategy::Jwt : Strategy::Database;
            profile->secrets.emplace_back(contentOf(m_demo->info().secretFile));
            auto store = openStore(m_demo->info(), store::Access::ReadOnly);
            const base::SystemClock clock;
            const auto local = engine::makeLocalResolver(profile, store.get(), engine::Effects::Observe, clock);
            proxy::ProxyClient remote(jwt ? m_demo->info().jwtBaseUrl : m_demo->info().baseUrl, profile, {});
            const QByteArray valid = jwt ? m_jwtCookie : m_cookie;
            for (const QByteArray &cookie :
                 {valid, QByteArray(), QByteArray("authjs.session-token=x"), QByteArray("a=b")}) {
                const auto here = local->resolve(cookie, Call::within(10s));
                const auto there = remote.resolve(cookie, Call::within(10s));
                QCOMPARE(here.hasSession(), cookie == valid);
                QCOMPARE(there.hasSession(), here.hasSession());
                QCOMPARE(there.setCookies.size(), here.setCookies.size());
                if (!jwt && here.hasSession())
                    QCOMPARE(there.session, here.session);
            }
        }
    }

    void manyAtOnce()
    {
        std::atomic<int> good{0};
        {
            std::vector<std::jthread> clients;
            for (int i = 0; i < 16; ++i) {
                clients.emplace_back([this, &good] {
                    for (int round = 0; round < 5; ++round)
                        good +=
                            ask(m_demo->info().baseUrl, QStringLiteral("/dashboard"), m_cookie).status == 200 ? 1 : 0;
                });
            }
        }
        QCOMPARE(good.load(), 80);
    }

    void malformedRequests()
    {
        const QUrl base = m_demo->info().baseUrl;
        QVERIFY(rawExchange(base, "NONSENSE\r\n\r\n").startsWith("HTTP/1.1 400"));
        QVERIFY(rawExchange(base, "GET / HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 400"));
        QVERIFY(
            rawExchange(base, "GET / HTTP/1.1\r\nHost: x\r\nX: " + QByteArray(40'000, 'x')).startsWith("HTTP/1.1 431"));
        QVERIFY(rawExchange(base, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n")
                    .startsWith("HTTP/1.1 413"));
        QVERIFY(rawExchange(base, "GET /api/health HTTP/1.0\r\n\r\n").endsWith("{\"status\":\"ok\"}"));
        const QByteArray pipelined = rawExchange(
            base, "GET /api/health HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        QCOMPARE(pipelined.count("HTTP/1.1 200"), 2);
    }

    void tooManyConnectionsAreTold()
    {
        std::vector<std::unique_ptr<QTcpSocket>> idle;
        for (int i = 0; i < 70; ++i) {
            auto socket = std::make_unique<QTcpSocket>();
            socket->connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_demo->info().jwtBaseUrl.port()));
            QVERIFY(socket->waitForConnected(5000));
            idle.push_back(std::move(socket));
        }
        QVERIFY(idle.back()->waitForReadyRead(5000));
        QVERIFY(idle.back()->readAll().startsWith("HTTP/1.1 503"));
        idle.clear();
        QTRY_COMPARE(ask(m_demo->info().jwtBaseUrl, QStringLiteral("/api/health")).status, 200);
    }

    void restartKeepsWhatIsThere()
    {
        QTemporaryDir dir;
        DemoOptions options;
        options.dir = dir.filePath(QStringLiteral("demo"));
        options.sessions = 50;
        auto demo = start(options);
        QVERIFY(demo != nullptr);
        const QByteArray secret = contentOf(demo->info().secretFile);
        const QByteArray cookie = contentOf(demo->info().cookieFile);
        const QUrl old = demo->info().baseUrl;
        demo.reset();
        QVERIFY(QFile::exists(options.dir + QStringLiteral("/demo.db"))); // a folder that was named is kept
        QCOMPARE(ask(old, QStringLiteral("/api/health")).status, 0);      // and the port is closed

        options.port = static_cast<quint16>(old.port());
        demo = start(options);
        QVERIFY(demo != nullptr);
        QCOMPARE(demo->info().baseUrl, old);
        QCOMPARE(contentOf(demo->info().secretFile), secret);
        QVERIFY(ask(old, QStringLiteral("/api/auth/session"), cookie).body.startsWith("{\"user\""));
        demo->stop();
        demo->stop();
        QCOMPARE(ask(old, QStringLiteral("/api/health")).status, 0);
    }

    void temporaryFolderGoes()
    {
        QString dir;
        {
            const auto demo = start();
            dir = demo->info().dir;
            QVERIFY(QDir(dir).exists());
        }
        QVERIFY(!QDir(dir).exists());
    }

    void refuses()
    {
        const auto codeOf = [](const DemoOptions &options) {
            const auto demo = DemoDeployment::start(options, Call::within(60s));
            return demo ? ErrorCode::Internal : demo.error().code;
        };
        DemoOptions none;
        none.sessions = 0;
        QCOMPARE(codeOf(none), ErrorCode::UsageInvalid);
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        DemoOptions port;
        port.sessions = 5;
        port.port = taken.serverPort();
        QCOMPARE(codeOf(port), ErrorCode::UsageInvalid);
        QTemporaryDir dir;
        DemoOptions foreign;
        foreign.dir = dir.path();
        QFile file(dir.filePath(QStringLiteral("demo.db")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not ours");
        file.close();
        QCOMPARE(codeOf(foreign), ErrorCode::FileFormatInvalid);
        DemoOptions unwritable;
        unwritable.dir = QStringLiteral("/proc/rollcall-demo");
        QCOMPARE(codeOf(unwritable), ErrorCode::FileUnwritable);
    }

private:
    std::unique_ptr<DemoDeployment> m_demo;
    QByteArray m_cookie;
    QByteArray m_jwtCookie;
};

QTEST_GUILESS_MAIN(DemoDeploymentTest)
#include "tst_DemoDeployment.moc"
