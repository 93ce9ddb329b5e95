#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QProgressBar>
#include <QRadioButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTest>

#include "tests/support/Screenshots.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"
#include "ui/common/Surface.h"

using namespace rollcall::common;
using rollcall::test::saveScreenshots;

class TestCommon final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(*qApp, Appearance::Light); }
    void cleanupTestCase() { m_theme.reset(); }
    void iconSheet();
    void controls();
    void sheetKeepsFocusInside();
    void sheetEscDismisses();
    void sheetCtrlEnterExecutes();

private:
    std::unique_ptr<Theme> m_theme;
};

void TestCommon::iconSheet()
{
    QWidget window;
    setSurface(window, Surface::Plain);
    auto *grid = new QGridLayout(&window);
    for (int i = 0; i < iconCount; ++i) {
        auto *cell = new QWidget;
        auto *column = new QVBoxLayout(cell);
        auto *row = new QHBoxLayout;
        for (const int size : {16, 20, 40}) {
            auto *label = new QLabel;
            label->setPixmap(iconPixmap(*m_theme, static_cast<Icon>(i), size, ColorToken::Text, 1));
            row->addWidget(label);
        }
        column->addLayout(row);
        column->addWidget(new Label(*m_theme, iconPath(static_cast<Icon>(i)).section(QLatin1Char('/'), -1),
                                    FontToken::Small, ColorToken::Muted));
        grid->addWidget(cell, i / 9, i % 9);
    }
    window.show();
    QVERIFY(rollcall::test::saveScreenshot(window, *m_theme, QStringLiteral("common-icons")));
}

void TestCommon::controls()
{
    QWidget window;
    setSurface(window, Surface::Window);
    auto *grid = new QGridLayout(&window);
    int row = 0;
    for (const auto kind : {ButtonKind::Normal, ButtonKind::Primary, ButtonKind::Danger, ButtonKind::DangerOutline,
                            ButtonKind::Quiet, ButtonKind::Link}) {
        auto *plain = new Button(*m_theme, QStringLiteral("Revoke"), kind);
        auto *icon = new Button(*m_theme, QStringLiteral("Revoke 3…"), kind);
        icon->setGlyph(Icon::Revoked);
        auto *hint = new Button(*m_theme, QStringLiteral("Revoke 3 sessions"), kind);
        hint->setKeyHint(QStringLiteral("Ctrl+Enter"));
        hint->setLarge(true);
        auto *off = new Button(*m_theme, QStringLiteral("Export"), kind);
        off->setEnabled(false);
        grid->addWidget(plain, row, 0);
        grid->addWidget(icon, row, 1);
        grid->addWidget(hint, row, 2);
        grid->addWidget(off, row, 3);
        ++row;
    }
    auto *field = new QLineEdit(QStringLiteral("expires<24h user:*@acme.example"));
    field->addAction(themedIcon(*m_theme, Icon::Filter, ColorToken::Muted), QLineEdit::LeadingPosition);
    auto *empty = new QLineEdit;
    empty->setPlaceholderText(QStringLiteral("postgresql://…"));
    auto *wrong = new QLineEdit(QStringLiteral("http://shop.example.com"));
    wrong->setProperty("wrong", true);
    auto *off = new QLineEdit(QStringLiteral("Off"));
    off->setEnabled(false);
    auto *combo = new QComboBox;
    combo->addItems({QStringLiteral("Drizzle, found by itself"), QStringLiteral("Prisma")});
    auto *check = new QCheckBox(QStringLiteral("Verify with the revoked cookies"));
    check->setChecked(true);
    auto *radio = new QRadioButton(QStringLiteral("Follow the system"));
    radio->setChecked(true);
    auto *progress = new QProgressBar;
    progress->setRange(0, 100);
    progress->setValue(62);
    progress->setTextVisible(false);
    auto *tabs = new QTabBar;
    tabs->addTab(QStringLiteral("Percentiles"));
    tabs->addTab(QStringLiteral("Shift"));
    tabs->setDrawBase(false);
    grid->addWidget(field, row, 0, 1, 2);
    grid->addWidget(empty, row, 2, 1, 2);
    grid->addWidget(wrong, row + 1, 0, 1, 2);
    grid->addWidget(off, row + 1, 2, 1, 2);
    grid->addWidget(combo, row + 2, 0, 1, 2);
    grid->addWidget(check, row + 2, 2, 1, 2);
    grid->addWidget(radio, row + 3, 0, 1, 2);
    grid->addWidget(new QCheckBox(QStringLiteral("Watch 10 min for their return")), row + 3, 2, 1, 2);
    grid->addWidget(tabs, row + 4, 0, 1, 2);
    grid->addWidget(progress, row + 4, 2, 1, 2);
    window.resize(640, 480);
    window.show();
    window.activateWindow();
    field->setFocus();
    QVERIFY(saveScreenshots(window, *m_theme, QStringLiteral("common-controls")));
    grid->itemAtPosition(1, 0)->widget()->setFocus();
    QVERIFY(rollcall::test::saveScreenshot(window, *m_theme, QStringLiteral("common-controls-focus")));
}

namespace {

struct Scene
{
    explicit Scene(const Theme &theme) : outside(new QLineEdit(&window))
    {
        setSurface(window, Surface::Plain);
        window.resize(1024, 640);
        window.show();
        window.activateWindow();
        (void)QTest::qWaitForWindowActive(&window);
        outside->setFocus();
        sheet = new Sheet(theme, window);
        sheet->setHeading(Icon::Revoked, ColorToken::Bad, QStringLiteral("Revoke 3 sessions"));
        sheet->setAside(QStringLiteral("Plan 7c1e 40ab"));
        auto *body = new QWidget;
        auto *layout = new QVBoxLayout(body);
        reason = new QLineEdit;
        layout->addWidget(reason);
        sheet->setBody(body);
        auto *cancel = new Button(theme, QStringLiteral("Cancel"));
        cancel->setKeyHint(QStringLiteral("Esc"));
        cancel->setLarge(true);
        execute = new Button(theme, QStringLiteral("Revoke 3 sessions"), ButtonKind::Danger);
        execute->setLarge(true);
        sheet->addFootEnd(cancel);
        sheet->addFootEnd(execute);
        sheet->setExecute(execute);
    }

    QWidget window;
    QLineEdit *outside;
    QPointer<Sheet> sheet;
    QLineEdit *reason = nullptr;
    Button *execute = nullptr;
};

} // namespace

void TestCommon::sheetKeepsFocusInside()
{
    Scene scene(*m_theme);
    scene.sheet->open();
    QTRY_VERIFY(scene.reason->hasFocus());
    for (int i = 0; i < 8; ++i) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        QVERIFY(scene.sheet->isAncestorOf(QApplication::focusWidget()));
    }
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Backtab, Qt::ShiftModifier);
    QVERIFY(scene.sheet->isAncestorOf(QApplication::focusWidget()));
    scene.outside->setFocus(); // what the page below does with its own focus must not matter
    QVERIFY(scene.sheet->isAncestorOf(QApplication::focusWidget()));
    QVERIFY(saveScreenshots(scene.window, *m_theme, QStringLiteral("common-sheet")));
}

void TestCommon::sheetEscDismisses()
{
    Scene scene(*m_theme);
    QSignalSpy dismissed(scene.sheet, &Sheet::dismissed);
    scene.sheet->open();
    scene.sheet->setDismissable(false);
    QTest::keyClick(scene.reason, Qt::Key_Escape);
    QCOMPARE(dismissed.count(), 0);
    QCOMPARE(Sheet::openIn(scene.window), scene.sheet.data());
    scene.sheet->setDismissable(true);
    QTest::keyClick(scene.reason, Qt::Key_Escape);
    QCOMPARE(dismissed.count(), 1);
    QCOMPARE(Sheet::openIn(scene.window), nullptr);
    QVERIFY(scene.outside->hasFocus());
    QTRY_VERIFY(scene.sheet.isNull());
}

void TestCommon::sheetCtrlEnterExecutes()
{
    Scene scene(*m_theme);
    QSignalSpy clicked(scene.execute, &Button::clicked);
    scene.execute->setEnabled(false);
    scene.sheet->open();
    QTest::keyClick(scene.reason, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(clicked.count(), 0);
    scene.execute->setEnabled(true);
    QTest::keyClick(scene.reason, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(clicked.count(), 1);
}

QTEST_MAIN(TestCommon)
#include "tst_Common.moc"
