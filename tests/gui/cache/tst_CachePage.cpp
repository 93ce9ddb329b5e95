#include <QtTest>

#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

#include "core/base/Fingerprint.h"
#include "core/redis/RedisChannel.h"
#include "tests/support/Patience.h"
#include "tests/support/RedisServer.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "tests/support/TestConnection.h"
#include "ui/cache/CachePage.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"
#include "ui/revoke/PurgeSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using cache::CacheListModel;
using cache::CachePage;

namespace {

const QByteArray token = "5e551000-0000-4000-8000-000000000001"; // ada's, live

/// A session as a deployment caches it, ending in twenty days.
QByteArray copyOf(const QString &user)
{
    const QString end = QDateTime::currentDateTimeUtc().addDays(10).toString(Qt::ISODateWithMs);
    return QJsonDocument(QJsonObject{{QStringLiteral("session"),
                                      QJsonObject{{QStringLiteral("userId"), user}, {QStringLiteral("expires"), end}}},
                                     {QStringLiteral("user"), QJsonObject{{QStringLiteral("id"), user}}}})
        .toJson(QJsonDocument::Compact);
}

} // namespace

/// The cache page on a real Redis server beside a database with the rows.
class CachePageTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void asksNothingUnasked();
    void showsCopiesAndDrift();
    void purgesWhatDrifted();
    void allChosenIsAMereLook();
    void purgesWhereSessionsHaveNoRows();
    void saysWhyItCannotLook();
    void withoutACache();
    void saysThatTheAddressCannotBeUsed();

private:
    static constexpr int strangers = 14;

    void openPage(bool withCache = true);
    void openPage(workspace::ConnectionProfile profile, workspace::ConnectionSecrets secrets = {},
                  deployment::Needs needs = {true, false});
    /// A profile with the cache and its keys.
    [[nodiscard]] workspace::ConnectionProfile profileWith(const QString &keys) const;
    /// Selects all copies and asks for them to be purged.
    std::optional<common::PurgeRequest> chooseAll();
    redis::RedisReply command(const redis::RedisCommand &words) const
    {
        const auto reply = redis::makeChannel(m_server->url(), {})->send(words, base::Call::within(1min));
        return reply ? *reply : redis::RedisReply::ofError("no answer");
    }
    void look();
    [[nodiscard]] QTableView *table() { return m_page->findChild<QTableView *>(QStringLiteral("cacheTable")); }
    common::Button *button(const char *name) { return m_window->findChild<common::Button *>(QLatin1String(name)); }
    [[nodiscard]] QString texts() const;
    void photograph(const char *name)
    {
        QVERIFY(test::saveScreenshots(*m_window, *m_theme, QStringLiteral("cache-") + QLatin1String(name)));
    }

    base::SystemClock m_clock;
    std::unique_ptr<common::Theme> m_theme;
    std::unique_ptr<test::RedisServer> m_server;
    std::unique_ptr<test::SqliteDatabase> m_database;
    test::TestConnection m_open{m_clock};
    std::unique_ptr<QWidget> m_window;
    CachePage *m_page = nullptr;
};

void CachePageTest::init()
{
    if (!m_theme)
        m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light);
    m_server = std::make_unique<test::RedisServer>();
    QVERIFY2(m_server->problem().isEmpty(), qPrintable(m_server->problem()));
    m_database = std::make_unique<test::SqliteDatabase>(QStringLiteral("prisma-adapter-sqlite"));
    m_database->exec(
        QStringLiteral("UPDATE Session SET expires = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '+20 days')"));
    const QString ada =
        m_database
            ->value(
                QStringLiteral("SELECT userId FROM Session WHERE sessionToken = '%1'").arg(QString::fromLatin1(token)))
            .value_or(QString());
    QCOMPARE(command({"SET", "app:s:" + token, copyOf(ada), "EX", "600"}).text, QByteArray("OK"));
    for (int i = 0; i < strangers; ++i)
        QCOMPARE(command({"SET", "app:s:nobody-" + QByteArray::number(i), copyOf(QStringLiteral("user-%1").arg(i)),
                          "EX", QByteArray::number(60 + 60 * i)})
                     .text,
                 QByteArray("OK"));
    QCOMPARE(command({"SET", "app:other", "1"}).text, QByteArray("OK"));
    openPage();
}

void CachePageTest::openPage(bool withCache)
{
    workspace::ConnectionProfile profile = profileWith(QStringLiteral("app:s:{token}"));
    if (!withCache) {
        profile.cache.clear();
        profile.cacheKeys.clear();
    }
    openPage(std::move(profile));
}

workspace::ConnectionProfile CachePageTest::profileWith(const QString &keys) const
{
    workspace::ConnectionProfile profile;
    profile.name = QStringLiteral("shop");
    profile.database = m_database->url();
    profile.cache = QStringLiteral("redis://localhost:%1/0").arg(m_server->port());
    profile.cacheKeys = {keys};
    return profile;
}

void CachePageTest::openPage(workspace::ConnectionProfile profile, workspace::ConnectionSecrets secrets,
                             deployment::Needs needs)
{
    m_window.reset();
    QVERIFY(m_open.open(std::move(profile), std::move(secrets), needs));
    m_window = std::make_unique<QWidget>();
    common::Sheet::markHost(*m_window);
    auto *column = new QVBoxLayout(m_window.get());
    column->setContentsMargins({});
    m_page = new CachePage(*m_theme, m_open.connection());
    column->addWidget(m_page);
    m_window->resize(1100, 640);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_page->activate();
}

void CachePageTest::cleanup()
{
    m_window.reset();
    m_open.close();
    m_server.reset();
}

void CachePageTest::look()
{
    QTest::mouseClick(button("cacheLookFirst"), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(table()->model()->rowCount(), strangers + 1, test::patience);
}

QString CachePageTest::texts() const
{
    QStringList all;
    for (const auto *label : m_window->findChildren<common::Label *>()) {
        if (label->isVisible())
            all << label->text();
    }
    return all.join(QLatin1Char('\n'));
}

void CachePageTest::asksNothingUnasked()
{
    QVERIFY2(texts().contains(u"Not looked at yet") && texts().contains(u"app:s:{token}"), qPrintable(texts()));
    photograph("before");
    QTest::qWait(0);
    QCOMPARE(table()->model()->rowCount(), 0);
}

void CachePageTest::showsCopiesAndDrift()
{
    QSignalSpy badge(m_page, &CachePage::badgeChanged);
    look();
    QVERIFY2(texts().contains(u"14 copies do not say what their rows say"), qPrintable(texts()));
    QCOMPARE(badge.last().at(0).toString(), QStringLiteral("14"));
    // Those that drifted first, ada's last; and no token anywhere.
    QCOMPARE(table()->model()->index(0, CacheListModel::Drift).data().toString(), QStringLiteral("Row is gone"));
    QCOMPARE(table()->model()->index(strangers, CacheListModel::Fingerprint).data().toString(),
             base::Fingerprint::of(token).grouped());
    QCOMPARE(table()->model()->index(strangers, CacheListModel::Drift).data().toString(), QStringLiteral("As its row"));
    for (int row = 0; row <= strangers; ++row) {
        for (int column = 0; column < CacheListModel::ColumnCount; ++column) {
            const QString text = table()->model()->index(row, column).data().toString();
            QVERIFY2(!text.contains(QString::fromLatin1(token)) && !text.contains(u"nobody-"), qPrintable(text));
        }
    }
    photograph("drift");
    m_window->resize(972, 540);
    photograph("small");
}

void CachePageTest::purgesWhatDrifted()
{
    look();
    std::optional<common::PurgeRequest> wanted;
    connect(m_page, &CachePage::purgeRequested, this,
            [&wanted](const common::PurgeRequest &request) { wanted = request; });
    QTest::mouseClick(button("cachePurgeDrifted"), Qt::LeftButton);
    QVERIFY(wanted && wanted->wholesale && wanted->chosen.size() == strangers);
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    auto *sheet = new revoke::PurgeSheet(*m_theme, *m_page, m_open.connection(), *wanted);
    sheet->open();
    QTRY_VERIFY_WITH_TIMEOUT(button("purgeExecute"), test::patience);
    QVERIFY(!button("purgeExecute")->isEnabled());
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), QStringLiteral("Rows are gone"));
    photograph("purge-plan");
    QVERIFY2(!texts().contains(u"nobody-"), qPrintable(texts())); // a key may be a token
    QSignalSpy done(sheet, &revoke::PurgeSheet::finished);
    QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(done.wait(test::patience));
    QVERIFY2(texts().contains(u"14 of 14 cached copies removed"), qPrintable(texts()));
    photograph("purge-done");
    QCOMPARE(command({"DBSIZE"}).number, qint64{2}); // ada's and what is no session
    const auto entries = m_open.log().list(0, 1000);
    QVERIFY(entries.has_value());
    QCOMPARE(entries->back().action, QStringLiteral("cache.purge"));
    QCOMPARE(entries->back().counts.value(u"purged").toInteger(), strangers);
}

std::optional<common::PurgeRequest> CachePageTest::chooseAll()
{
    std::optional<common::PurgeRequest> wanted;
    const auto noting = connect(m_page, &CachePage::purgeRequested, this,
                                [&wanted](const common::PurgeRequest &request) { wanted = request; });
    table()->selectAll();
    QTest::mouseClick(button("cachePurge"), Qt::LeftButton);
    disconnect(noting);
    return wanted;
}

void CachePageTest::allChosenIsAMereLook()
{
    look();
    auto wanted = chooseAll();
    QVERIFY(wanted && wanted->wholesale && wanted->chosen.size() == strangers + 1);
    // Where the keys may be the sessions themselves (Better Auth's secondary storage) that is refused, and of one that
    // is named it is warned.
    openPage(profileWith(QStringLiteral("better-auth")));
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    auto *sheet = new revoke::PurgeSheet(*m_theme, *m_page, m_open.connection(), *wanted);
    sheet->open();
    QVERIFY2(texts().contains(u"These may be the sessions themselves"), qPrintable(texts()));
    QVERIFY(!button("purgeExecute"));
    delete sheet;
    wanted->wholesale = false;
    wanted->chosen.resize(1);
    sheet = new revoke::PurgeSheet(*m_theme, *m_page, m_open.connection(), *wanted);
    sheet->open();
    QVERIFY(button("purgeExecute"));
    QVERIFY2(texts().contains(u"Their holders may be signed out") && !texts().contains(u"Nobody is signed out"),
             qPrintable(texts()));
    photograph("purge-sessions");
}

void CachePageTest::purgesWhereSessionsHaveNoRows()
{
    workspace::ConnectionProfile profile = profileWith(QStringLiteral("app:s:{token}"));
    profile.database.clear();
    profile.version = session::AuthVersion::V5;
    profile.strategy = session::Strategy::Jwt;
    workspace::ConnectionSecrets secrets;
    secrets.authSecrets.push_back(base::SecretBytes(QByteArray("a secret of the tests, long enough")));
    openPage(std::move(profile), std::move(secrets), {false, false});
    QVERIFY(!m_open.deployment().hasRows());
    look();
    const auto wanted = chooseAll();
    QVERIFY(wanted);
    m_open.connection().setWriteMode(common::WriteMode::Guarded);
    auto *sheet = new revoke::PurgeSheet(*m_theme, *m_page, m_open.connection(), *wanted);
    sheet->open();
    QTRY_VERIFY_WITH_TIMEOUT(button("purgeExecute"), test::patience);
    QTest::keyClicks(m_window->findChild<QLineEdit *>(QStringLiteral("planReason")), QStringLiteral("Cookies now"));
    QSignalSpy done(sheet, &revoke::PurgeSheet::finished);
    QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY2(done.wait(test::patience), qPrintable(texts()));
    QVERIFY2(texts().contains(u"15 of 15 cached copies removed"), qPrintable(texts()));
    QCOMPARE(command({"DBSIZE"}).number, qint64{1}); // what is no session
}

void CachePageTest::saysWhyItCannotLook()
{
    m_server->kill();
    QTest::mouseClick(button("cacheLookFirst"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(texts().contains(u"The cache could not be looked through"), test::patience);
    photograph("error");
}

void CachePageTest::withoutACache()
{
    openPage(false);
    QVERIFY2(texts().contains(u"No shared cache is configured"), qPrintable(texts()));
    QVERIFY(!button("cacheLookFirst")->isVisible());
    photograph("none");
}

void CachePageTest::saysThatTheAddressCannotBeUsed()
{
    workspace::ConnectionProfile profile = profileWith(QStringLiteral("app:s:{token}"));
    profile.cache = QStringLiteral("https://cache.example.com"); // Upstash's, without its token
    openPage(std::move(profile));
    QVERIFY2(texts().contains(u"The cache that the connection names cannot be used"), qPrintable(texts()));
}

QTEST_MAIN(CachePageTest)
#include "tst_CachePage.moc"
