#include <QtTest>

#include <QLineEdit>

#include "tests/support/DemoWindow.h"
#include "tests/support/Patience.h"
#include "ui/revoke/PlanSheet.h"

using namespace rollcall;
using namespace std::chrono_literals;
using base::Call;

/// Two sessions of the demo deployment whose tokens stand in a second row each, one of the same user and one of
/// another, are revoked through the window.
class SharedTokenPlanTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSheetSaysWhichStayAccepted();
};

void SharedTokenPlanTest::theSheetSaysWhichStayAccepted()
{
    test::DemoWindow demo{"shared-token"};
    QVERIFY(demo.start(60));
    QVERIFY(demo.connect());
    std::vector<store::PlannedRow> live;
    {
        const auto store = demo.open().deployment().openStore(store::Access::ReadOnly, Call::within(1min));
        QVERIFY(store.has_value());
        auto rows = (*store)->planRows(store::SessionQuery(), 100, demo.clock().now(), Call::within(1min));
        QVERIFY(rows && rows->size() > 2);
        live = std::move(*rows);
    }
    const auto twin = [](const QString &id, const QString &user) {
        return QStringLiteral(
                   "INSERT INTO \"Session\" (id, sessionToken, userId, expires, updatedAt) SELECT 'twin-' || "
                   "id, sessionToken, %2, expires, updatedAt FROM \"Session\" WHERE id = '%1';")
            .arg(id, user);
    };
    const QString own = *live.at(0).shown.id;
    const QString shared = *live.at(1).shown.id;
    const QString other = QStringLiteral("(SELECT min(id) FROM \"User\" WHERE id <> userId)");
    const QString sql = QStringLiteral("DROP INDEX \"Session_sessionToken_key\";") +
                        twin(own, QStringLiteral("userId")) + twin(shared, other);
    QVERIFY(demo.execute(sql.toUtf8().constData()));
    QVERIFY(demo.connect());
    demo.connection().setWriteMode(common::WriteMode::Guarded);
    QVERIFY(demo.show({1040, 900}));

    revoke::Selection selection;
    selection.sessions << own << shared;
    revoke::PlanSheet sheet(demo.theme(), demo.window(), demo.connection(), selection);
    sheet.open();
    QTRY_VERIFY_WITH_TIMEOUT(demo.button("planExecute"), test::patience);
    QCOMPARE(demo.button("planExecute")->text(), QStringLiteral("Revoke 3 sessions"));
    const QString texts = demo.texts();
    QVERIFY2(texts.contains(u"Not all of these sessions end\n1 session stays accepted"), qPrintable(texts));
    QVERIFY2(texts.contains(live.at(1).shown.fingerprint.text()), qPrintable(texts));
    QVERIFY2(texts.contains(u"Some sessions stand in several rows\n1 of these rows was not chosen"), qPrintable(texts));
    QVERIFY(demo.photograph("plan"));

    QTest::keyClicks(demo.find<QLineEdit>("planReason"), QStringLiteral("Shared laptop"));
    QTRY_VERIFY_WITH_TIMEOUT(demo.button("planExecute")->isEnabled(), test::patience);
    QTest::mouseClick(demo.button("planExecute"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(demo.texts().contains(u"3 of 3 revoked, but not all have ended"), test::patience);
    const QString result = demo.texts();
    QVERIFY2(result.contains(u"1 session is still accepted: another row holds its token too"), qPrintable(result));
    QCOMPARE(result.count(QStringLiteral("Another row holds its token\n")), 1);
    QVERIFY(demo.photograph("result"));
}

QTEST_MAIN(SharedTokenPlanTest)
#include "tst_SharedTokenPlan.moc"
