#include <QtTest>

#include <QComboBox>
#include <QJsonDocument>
#include <QLineEdit>

#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "tests/support/SqliteDatabase.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/connect/ConnectionPage.h"
#include "ui/connect/SchemaMappingEditor.h"

using namespace rollcall;
using namespace rollcall::connect;
using common::State;
using Row = ConnectionForm::Row;

namespace {
using test::patience;
}

/// The form that corrects which tables and columns hold the sessions, within the page that tries what it says.
class SchemaMappingTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<common::Theme>(*qApp, common::Appearance::Light); }
    void cleanupTestCase() { m_theme.reset(); }
    void init();
    void cleanup() { m_page.reset(); }

    void mapsTablesThatDetectionDoesNotKnow();
    void beginsWithWhatWasFoundAndSaysWhatIsMissing();
    void aChangedTableStopsTheConnection();
    void findsByItselfAgain();
    void offersNoTablesOfARedis();

private:
    template <typename T>
    [[nodiscard]] T *part(const char *name) const
    {
        return m_page->window()->findChild<T *>(QLatin1String(name));
    }
    [[nodiscard]] const Finding &schema() const
    {
        return m_page->findChild<ConnectionForm *>()->finding(Row::Schema).finding();
    }
    void connectTo(const QString &url) const
    {
        auto *address = part<QLineEdit>("databaseAddress");
        address->setFocus();
        QTest::keyClicks(address, url);
    }
    void openEditor() const
    {
        QTest::mouseClick(part<common::Button>("editMap"), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(part<SchemaMappingEditor>("schemaMapping"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(part<common::Button>("mapUse")->isVisible(), patience);
    }
    /// The map is checked while it is filled in, and can be used a moment later.
    void useMap() const
    {
        QTRY_VERIFY_WITH_TIMEOUT(part<common::Button>("mapUse")->isEnabled(), patience);
        QTest::mouseClick(part<common::Button>("mapUse"), Qt::LeftButton);
    }
    /// Chooses the entry that begins with @p text as a person at the keyboard would.
    void choose(const char *name, const QString &text) const
    {
        auto *box = part<QComboBox>(name);
        QVERIFY2(box && box->isEnabled(), name);
        box->setFocus();
        const int wanted = box->findText(text, Qt::MatchStartsWith);
        QVERIFY2(wanted >= 0, qPrintable(text));
        for (int tries = 0; box->currentIndex() != wanted && tries < box->count(); ++tries)
            QTest::keyClick(box, box->currentIndex() < wanted ? Qt::Key_Down : Qt::Key_Up);
        QCOMPARE(box->currentIndex(), wanted);
    }

    std::unique_ptr<common::Theme> m_theme;
    base::SystemClock m_clock;
    std::unique_ptr<ConnectionPage> m_page;
};

void SchemaMappingTest::init()
{
    m_page = std::make_unique<ConnectionPage>(*m_theme, m_clock);
    m_page->setVault(QStringLiteral("Secret Service"));
    m_page->resize(1440, 848);
    m_page->show();
    m_page->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    auto *name = part<QLineEdit>("connectionName");
    name->setFocus();
    QTest::keyClicks(name, QStringLiteral("orchard"));
}

void SchemaMappingTest::mapsTablesThatDetectionDoesNotKnow()
{
    const test::SqliteDatabase database;
    database.exec(QStringLiteral(
        "CREATE TABLE \"vi\"\"sits\" (\"ticket no\" TEXT PRIMARY KEY, who TEXT, \"until\" INTEGER, seen_from TEXT); "
        "CREATE TABLE folk (pk TEXT PRIMARY KEY, called TEXT, letters TEXT); "
        "INSERT INTO folk VALUES ('f1', 'Ada', 'ada@example.com'); "
        "INSERT INTO \"vi\"\"sits\" VALUES ('a-ticket-of-a-test-00001', 'f1', 4102000000000, '10.0.0.1')"));
    connectTo(database.url());
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Failed, patience);
    openEditor();
    QCOMPARE(part<common::Label>("mapComplaint")->text(), QStringLiteral("Which table holds the sessions?"));
    QVERIFY(!part<common::Button>("mapUse")->isEnabled());
    choose("mapSessions", QStringLiteral("main.vi\"sits"));
    choose("mapToken", QStringLiteral("ticket no"));
    choose("mapUser", QStringLiteral("who"));
    choose("mapExpires", QStringLiteral("until"));
    choose("mapEncoding", QStringLiteral("milliseconds since 1970"));
    QVERIFY(!part<QComboBox>("mapZone")->isEnabled()); // such times name no zone and need none
    choose("mapIp", QStringLiteral("seen_from"));
    choose("mapUsers", QStringLiteral("main.folk"));
    QVERIFY(!part<common::Button>("mapUse")->isEnabled());
    choose("mapUsersId", QStringLiteral("pk"));
    choose("mapName", QStringLiteral("called"));
    choose("mapEmail", QStringLiteral("letters"));
    QVERIFY2(part<common::Button>("mapUse")->isEnabled(), qPrintable(part<common::Label>("mapComplaint")->text()));
    QVERIFY(test::saveScreenshots(*m_page, *m_theme, QStringLiteral("mapping-filled")));
    useMap();
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Ok, patience);
    QVERIFY(test::saveScreenshots(*m_page, *m_theme, QStringLiteral("mapping-used")));

    // It is saved with the connection, and holds for these columns.
    QSignalSpy saved(m_page.get(), &ConnectionPage::saveRequested);
    QTRY_VERIFY_WITH_TIMEOUT(part<common::Button>("saveAndOpen")->isEnabled(), patience);
    QTest::mouseClick(part<common::Button>("saveAndOpen"), Qt::LeftButton);
    QCOMPARE(saved.count(), 1);
    const auto profile = saved.front().at(0).value<workspace::ConnectionProfile>();
    const QJsonObject map = QJsonDocument::fromJson(profile.schemaMap.toUtf8()).object();
    const QJsonObject sessions = map.value(QStringLiteral("sessions")).toObject();
    QCOMPARE(sessions.value(QStringLiteral("table")).toString(), QStringLiteral("vi\"sits"));
    QCOMPARE(sessions.value(QStringLiteral("expiresEncoding")).toString(), QStringLiteral("epoch-ms"));
    QCOMPARE(map.value(QStringLiteral("fingerprint")).toString().size(), 16);
    auto config = deployment::ConnectionConfig::from(profile, {}, std::chrono::seconds(10));
    QVERIFY(config.has_value());
    const auto store = store::openStore(*config->database, *config->schema, config->storeOptions,
                                        store::Access::ReadOnly, base::Call::within(std::chrono::seconds(10)));
    QVERIFY(store.has_value());
    const auto page = (*store)->page({}, std::nullopt, m_clock.now(), base::Call::within(std::chrono::seconds(10)));
    QVERIFY(page && page->sessions.size() == 1);
    QCOMPARE(page->sessions.front().email.value_or(QString()), QStringLiteral("ada@example.com"));
    QCOMPARE(page->sessions.front().ipAddress.value_or(QString()), QStringLiteral("10.0.0.1"));
}

void SchemaMappingTest::beginsWithWhatWasFoundAndSaysWhatIsMissing()
{
    const test::SqliteDatabase database(QStringLiteral("prisma-adapter-sqlite"));
    connectTo(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(schema().state == State::Ok || schema().state == State::Warning, patience);
    openEditor();
    QTRY_VERIFY2_WITH_TIMEOUT(part<common::Button>("mapUse")->isEnabled(),
                              qPrintable(part<common::Label>("mapComplaint")->text()), patience);
    QVERIFY(part<QComboBox>("mapToken")->currentText().startsWith(QStringLiteral("sessionToken")));
    QVERIFY(part<QComboBox>("mapProvider")->currentText().startsWith(QStringLiteral("provider")));
    QVERIFY(part<QComboBox>("mapZone")->isEnabled());
    for (const QComboBox *box : part<SchemaMappingEditor>("schemaMapping")->findChildren<QComboBox *>())
        QVERIFY(!box->accessibleName().isEmpty());
    // A choice that cannot be meant is named, and put right again.
    const auto complaint = [this] { return part<common::Label>("mapComplaint")->text(); };
    choose("mapToken", QStringLiteral("userId"));
    QCOMPARE(complaint(), QStringLiteral("Token, user and expiry are three different columns."));
    choose("mapToken", QStringLiteral("choose"));
    QCOMPARE(complaint(), QStringLiteral("Which column holds the token?"));
    choose("mapToken", QStringLiteral("sessionToken"));
    part<QComboBox>("mapZone")->setCurrentText(QStringLiteral("Europe/Atlantis"));
    QCOMPARE(complaint(), QStringLiteral("There is no such time zone."));
    QVERIFY(test::saveScreenshots(*m_page, *m_theme, QStringLiteral("mapping-complaint")));
    part<QComboBox>("mapZone")->setCurrentText(QStringLiteral("Europe/Vienna"));
    QVERIFY(complaint().isEmpty());
    // Esc leaves everything as it was.
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!part<SchemaMappingEditor>("schemaMapping"), patience);
    QVERIFY(part<QLineEdit>("timeZone")->text().isEmpty());
    openEditor();
    part<QComboBox>("mapZone")->setCurrentText(QStringLiteral("Europe/Vienna"));
    useMap();
    QCOMPARE(part<QLineEdit>("timeZone")->text(), QStringLiteral("Europe/Vienna"));
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Ok, patience);
}

void SchemaMappingTest::aChangedTableStopsTheConnection()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    connectTo(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(schema().state == State::Ok || schema().state == State::Warning, patience);
    openEditor();
    useMap();
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Ok, patience);
    database.exec(QStringLiteral("ALTER TABLE session ADD COLUMN secondToken TEXT"));
    m_page->refresh();
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Failed, patience);
    QVERIFY2(schema().detail.contains(QStringLiteral("no longer as it was")), qPrintable(schema().detail));
    // Settling the map anew is the way on.
    openEditor();
    useMap();
    QTRY_COMPARE_WITH_TIMEOUT(schema().state, State::Ok, patience);
}

void SchemaMappingTest::findsByItselfAgain()
{
    const test::SqliteDatabase database(QStringLiteral("drizzle-adapter-sqlite"));
    connectTo(database.url());
    QTRY_VERIFY_WITH_TIMEOUT(schema().state == State::Ok || schema().state == State::Warning, patience);
    openEditor();
    useMap();
    QTRY_VERIFY_WITH_TIMEOUT(schema().detail.contains(QStringLiteral("As the map says")), patience);
    openEditor();
    QTest::mouseClick(part<common::Button>("mapFind"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!schema().detail.isEmpty() &&
                                 !schema().detail.contains(QStringLiteral("As the map says")) &&
                                 (schema().state == State::Ok || schema().state == State::Warning),
                             patience);
}

void SchemaMappingTest::offersNoTablesOfARedis()
{
    const auto *edit = part<common::Button>("editMap");
    QVERIFY(edit->isEnabled());
    connectTo(QStringLiteral("redis://127.0.0.1:1/0"));
    QVERIFY(!edit->isEnabled());
    QVERIFY(!edit->toolTip().isEmpty());
}

QTEST_MAIN(SchemaMappingTest)
#include "tst_SchemaMapping.moc"
