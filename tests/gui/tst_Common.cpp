#include <QAbstractItemView>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabBar>
#include <QTest>

#include <array>

#include "tests/support/Patience.h"
#include "tests/support/Screenshots.h"
#include "ui/common/Button.h"
#include "ui/common/Chip.h"
#include "ui/common/CodeBlock.h"
#include "ui/common/EmptyState.h"
#include "ui/common/ErrorBanner.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/LoadingState.h"
#include "ui/common/Note.h"
#include "ui/common/SegmentedControl.h"
#include "ui/common/Sheet.h"
#include "ui/common/States.h"
#include "ui/common/Surface.h"
#include "ui/common/TableView.h"
#include "ui/common/Tag.h"

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
    void table();
    void boxes();
    void errorFoldsItsDetails();
    void loadingShowsInSteps();
    void segmentsMoveByKey();
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
    auto *spin = new QSpinBox;
    spin->setRange(1, 600);
    spin->setValue(60);
    spin->setSuffix(QStringLiteral(" s"));
    auto *partly = new QCheckBox(QStringLiteral("All routes"));
    partly->setTristate(true);
    partly->setCheckState(Qt::PartiallyChecked);
    auto *list = new QListWidget;
    for (const auto *route : {"/dashboard", "/account", "/api/orders"}) {
        auto *item = new QListWidgetItem(QString::fromLatin1(route), list);
        item->setCheckState(list->count() == 2 ? Qt::Unchecked : Qt::Checked);
    }
    list->setCurrentRow(1);
    list->setFixedHeight(96);
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
    grid->addWidget(spin, row + 5, 0, 1, 2);
    grid->addWidget(partly, row + 5, 2, 1, 2);
    grid->addWidget(list, row + 6, 0, 1, 4);
    window.resize(640, 640);
    window.show();
    window.activateWindow();
    field->setFocus();
    for (const QWidget *control : std::initializer_list<QWidget *>{field, combo, spin}) {
        QCOMPARE(control->height(), measure::control); // side by side in a form
    }
    QVERIFY(saveScreenshots(window, *m_theme, QStringLiteral("common-controls")));
    combo->showPopup();
    QVERIFY(rollcall::test::saveScreenshot(*combo->view()->window(), *m_theme, QStringLiteral("common-combo")));
    combo->hidePopup();
    auto *primary = qobject_cast<Button *>(grid->itemAtPosition(1, 0)->widget());
    primary->setFocus();
    QSignalSpy clicked(primary, &Button::clicked);
    QTest::keyClick(primary, Qt::Key_Return);
    QCOMPARE(clicked.count(), 1);
    QTest::keyClick(primary, Qt::Key_Return, Qt::ControlModifier); // a sheet's, not the button's
    QCOMPARE(clicked.count(), 1);
    QVERIFY(rollcall::test::saveScreenshot(window, *m_theme, QStringLiteral("common-controls-focus")));
}

namespace {

/// Three rows of sessions and two still loading.
void fill(QStandardItemModel &model)
{
    model.setHorizontalHeaderLabels(
        {QStringLiteral("State"), QStringLiteral("User"), QStringLiteral("Provider"), QStringLiteral("Expires")});
    model.setHeaderData(3, Qt::Horizontal, int(Qt::AlignRight | Qt::AlignVCenter), Qt::TextAlignmentRole);
    const std::array<State, 4> states = {State::Live, State::Expiring, State::Expired, State::Orphan};
    for (const State state : states) {
        const StateLook look = lookOf(state);
        auto *first = new QStandardItem(look.word);
        first->setData(int(look.icon), cell::IconRole);
        first->setData(int(look.iconTint), cell::IconTintRole);
        first->setData(int(look.wordTint), cell::TextTintRole);
        auto *user = new QStandardItem(QStringLiteral("Ambrose Fen"));
        user->setData(QStringLiteral("ambrose@example.com"), cell::SecondaryRole);
        auto *expires = new QStandardItem(QStringLiteral("in 11 d 6 h"));
        expires->setTextAlignment(Qt::AlignRight);
        model.appendRow({first, user, new QStandardItem(QStringLiteral("github")), expires});
    }
    for (int row = 0; row < 3; ++row) {
        QList<QStandardItem *> items;
        for (int column = 0; column < 4; ++column) {
            items += new QStandardItem;
            items.last()->setData(true, cell::LoadingRole);
        }
        model.appendRow(items);
    }
}

} // namespace

void TestCommon::table()
{
    QStandardItemModel model;
    fill(model);
    TableView view(*m_theme);
    view.setModel(&model);
    view.setSortingEnabled(true);
    view.sortByColumn(1, Qt::AscendingOrder);
    view.setColumnWidth(0, 104);
    view.setColumnWidth(1, 276);
    view.resize(640, 300);
    view.show();
    view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
    QCOMPARE(view.selectionModel()->selectedRows().size(), 2);
    QVERIFY(saveScreenshots(view, *m_theme, QStringLiteral("common-table")));
    view.setStale(true);
    QVERIFY(rollcall::test::saveScreenshot(view, *m_theme, QStringLiteral("common-table-stale")));
}

void TestCommon::boxes()
{
    QWidget window;
    setSurface(window, Surface::Plain);
    auto *column = new QVBoxLayout(&window);
    column->addWidget(new Note(*m_theme, NoteKind::Good, QStringLiteral("None is your own session"),
                               QStringLiteral("Yours is 51c7 e09a, Gideon Larkspur.")));
    auto *warning = new Note(*m_theme, NoteKind::Warn, QStringLiteral("What would stop them sooner"),
                             QStringLiteral("Purge again once Redis answers. Otherwise both copies end at 14:07."));
    warning->setGlyph(Icon::Accepted);
    warning->addAction(new Button(*m_theme, QStringLiteral("Purge again"), ButtonKind::Primary));
    column->addWidget(warning);
    column->addWidget(new Note(*m_theme, NoteKind::Info, {},
                               QStringLiteral("Only these keys are touched. A row that "
                                              "changes meanwhile is skipped and listed.")));
    auto *tags = new QHBoxLayout;
    for (const auto environment : {Environment::Production, Environment::Staging, Environment::Development}) {
        tags->addWidget(new Tag(*m_theme, environment));
    }
    tags->addWidget(new Chip(*m_theme, QStringLiteral("Within 24 h")));
    auto *excluding = new Chip(*m_theme, QStringLiteral("User is *@acme.example"));
    excluding->setExcludesAll(true);
    tags->addWidget(excluding);
    tags->addWidget(new SegmentedControl({QStringLiteral("p50"), QStringLiteral("p95"), QStringLiteral("p99")},
                                         QStringLiteral("Percentile")));
    tags->addWidget(new StateLabel(*m_theme, State::VerifiedRefused));
    tags->addStretch();
    column->addLayout(tags);
    auto *code = new CodeBlock(*m_theme);
    code->setText(QStringLiteral("DELETE FROM \"public\".\"session\"\n WHERE \"sessionToken\" = ANY ($1)"));
    column->addWidget(code);
    QList<Figure *> figures;
    for (const auto &[caption, value] : {std::pair("Sessions", "3"), std::pair("Users", "1"),
                                         std::pair("The deployment refuses them from", "the next check")}) {
        figures += new Figure(*m_theme, QString::fromLatin1(caption));
        figures.last()->setValue(QString::fromLatin1(value),
                                 figures.size() == 3 ? QStringLiteral("60 s at most") : QString());
    }
    column->addWidget(new FigureStrip(*m_theme, figures));
    auto *empty = new EmptyState(
        *m_theme, Icon::Filter, QStringLiteral("No session matches both filters"),
        QStringLiteral("No user has an address at acme.example. Without that filter, 9 sessions match."));
    empty->addAction(new Button(*m_theme, QStringLiteral("Remove that filter"), ButtonKind::Primary));
    empty->addAction(new Button(*m_theme, QStringLiteral("Clear all")));
    column->addWidget(empty, 1);
    window.resize(840, 720);
    window.show();
    QVERIFY(saveScreenshots(window, *m_theme, QStringLiteral("common-boxes")));
}

void TestCommon::errorFoldsItsDetails()
{
    using rollcall::base::Error;
    using rollcall::base::ErrorCode;
    using rollcall::base::ErrorParam;
    QWidget window;
    setSurface(window, Surface::Plain);
    auto *column = new QVBoxLayout(&window);
    auto *banner = new ErrorBanner(*m_theme);
    column->addWidget(banner);
    column->addStretch();
    QVERIFY(banner->isHidden());
    banner->setRetry(QStringLiteral("Try now"));
    const QString host = QStringLiteral("db.example.com");
    banner->showError(
        Error(ErrorCode::DatabaseUnavailable)
            .with(ErrorParam::Host, host)
            .because(
                Error(ErrorCode::ConnectRefused).with(ErrorParam::Host, host).with(ErrorParam::Port, qint64(5432))),
        QStringLiteral("The sessions could not be read"), QStringLiteral("The rows below are from 13:42:06."));
    window.resize(640, 260);
    window.show();
    auto *details = banner->findChild<CodeBlock *>();
    QVERIFY(!details->isVisible());
    QSignalSpy retried(banner, &ErrorBanner::retryRequested);
    for (Button *button : banner->findChildren<Button *>()) {
        if (button->text() == QStringLiteral("Try now") || button->text() == ErrorBanner::tr("Details")) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QCOMPARE(retried.count(), 1);
    QVERIFY(details->isVisible());
    QVERIFY(details->toPlainText().contains(QStringLiteral("ConnectRefused")));
    QVERIFY(saveScreenshots(window, *m_theme, QStringLiteral("common-error")));
    banner->clear();
    QVERIFY(banner->isHidden());
}

void TestCommon::loadingShowsInSteps()
{
    QWidget window;
    auto *column = new QVBoxLayout(&window);
    auto *loading = new LoadingState(*m_theme);
    column->addWidget(loading);
    window.resize(480, 60);
    window.show();
    QSignalSpy skeleton(loading, &LoadingState::skeletonDue);
    QSignalSpy cancelled(loading, &LoadingState::cancelRequested);
    QElapsedTimer elapsed;
    elapsed.start();
    loading->start(QStringLiteral("Reading the first page"));
    QVERIFY(loading->isHidden());
    QTRY_COMPARE_WITH_TIMEOUT(skeleton.count(), 1, rollcall::test::patience);
    QVERIFY(elapsed.elapsed() >= 150);
    QTRY_VERIFY_WITH_TIMEOUT(loading->isVisible(), rollcall::test::patience);
    QVERIFY(elapsed.elapsed() >= 1000);
    QTest::mouseClick(loading->findChild<Button *>(), Qt::LeftButton);
    QCOMPARE(cancelled.count(), 1);
    const auto *words = loading->findChildren<Label *>().at(1);
    QTRY_COMPARE_WITH_TIMEOUT(words->text(), QStringLiteral("Reading the first page, 3 s"), rollcall::test::patience);
    QVERIFY(rollcall::test::saveScreenshot(window, *m_theme, QStringLiteral("common-loading")));
    loading->stop();
    QVERIFY(loading->isHidden());
}

void TestCommon::segmentsMoveByKey()
{
    SegmentedControl segments({QStringLiteral("p50"), QStringLiteral("p95"), QStringLiteral("p99")},
                              QStringLiteral("Percentile"));
    QSignalSpy changed(&segments, &SegmentedControl::changed);
    segments.show();
    segments.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&segments));
    QTest::keyClick(&segments, Qt::Key_Tab);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
    QCOMPARE(segments.current(), 1);
    QCOMPARE(changed.count(), 1);
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
    QTRY_VERIFY_WITH_TIMEOUT(scene.reason->hasFocus(), rollcall::test::patience);
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
    QTRY_VERIFY_WITH_TIMEOUT(scene.sheet.isNull(), rollcall::test::patience);
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
