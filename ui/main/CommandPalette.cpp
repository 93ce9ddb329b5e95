#include "ui/main/CommandPalette.h"

#include <QApplication>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>

#include "ui/common/Label.h"
#include "ui/common/Overlay.h"
#include "ui/main/CommandModel.h"

namespace rollcall::main {

using common::ColorToken;
using common::FontToken;

namespace {

constexpr int panelWidth = 640;
constexpr int panelTop = 16;
constexpr int inputHeight = 52;
constexpr int footHeight = 36;
constexpr int listMargin = 8;
constexpr int tallestList = 460;

/// The rounded panel with its two inner lines.
class Panel final : public QFrame
{
public:
    Panel(const common::Theme &theme, QWidget *parent) : QFrame(parent), m_theme(theme) {}

protected:
    void paintEvent(QPaintEvent * /*event*/) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(m_theme.color(ColorToken::LineStrong));
        painter.setBrush(m_theme.color(ColorToken::Raised));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), common::measure::sheetRadius,
                                common::measure::sheetRadius);
        const QColor line = m_theme.color(ColorToken::Line);
        painter.fillRect(1, inputHeight, width() - 2, 1, line);
        painter.fillRect(1, height() - footHeight - 1, width() - 2, 1, line);
    }

private:
    const common::Theme &m_theme;
};

} // namespace

CommandPalette::CommandPalette(const common::Theme &theme, QWidget &host)
    : QWidget(&host),
      m_theme(theme),
      m_panel(new Panel(theme, this)),
      m_input(new QLineEdit),
      m_list(new QListView),
      m_foot(new QWidget),
      m_model(new CommandModel(this))
{
    hide();
    setObjectName(QStringLiteral("commandPalette"));
    setAccessibleName(tr("Command palette"));
    auto *column = new QVBoxLayout(m_panel);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);

    auto *head = new QWidget;
    head->setFixedHeight(inputHeight);
    auto *headRow = new QHBoxLayout(head);
    headRow->setContentsMargins(common::space::xl, 0, common::space::xl, 0);
    headRow->setSpacing(common::space::m);
    auto *glyph = new QLabel;
    const auto drawGlyph = [this, glyph] {
        glyph->setPixmap(common::iconPixmap(m_theme, common::Icon::Search, 20, ColorToken::Muted, devicePixelRatioF()));
    };
    drawGlyph();
    connect(&theme, &common::Theme::changed, this, drawGlyph);
    m_input->setProperty("frameless", true);
    m_input->setFont(theme.font(FontToken::Verdict));
    m_input->setPlaceholderText(tr("Go to a page or run an action"));
    m_input->setAccessibleName(tr("Page or action"));
    m_input->installEventFilter(this);
    headRow->addWidget(glyph);
    headRow->addWidget(m_input, 1);
    headRow->addWidget(new common::Label(theme, tr("Esc closes"), FontToken::Small, ColorToken::Muted));

    m_list->setModel(m_model);
    m_list->setItemDelegate(new CommandDelegate(theme, *m_model, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setStyleSheet(QStringLiteral("background: transparent"));
    m_list->setAccessibleName(tr("Matching pages and actions"));

    m_foot->setFixedHeight(footHeight);
    auto *footRow = new QHBoxLayout(m_foot);
    footRow->setContentsMargins(common::space::xl, 0, common::space::xl, 0);
    footRow->addWidget(
        new common::Label(theme, tr("↑ ↓ choose   ·   Enter runs"), FontToken::Small, ColorToken::Muted));
    footRow->addStretch();
    footRow->addWidget(
        new common::Label(theme, tr("Nothing here writes without a Plan"), FontToken::Small, ColorToken::Muted));

    column->addWidget(head);
    column->addSpacing(1);
    column->addWidget(m_list, 1);
    column->addSpacing(listMargin);
    column->addWidget(m_foot);

    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::runCurrent);
    host.installEventFilter(this);
}

void CommandPalette::open(QList<Command> commands)
{
    m_focusBefore = QApplication::focusWidget();
    m_model->setCommands(std::move(commands));
    const QSignalBlocker quiet(m_input);
    m_input->clear();
    filter({});
    show();
    raise();
    m_input->setFocus(Qt::OtherFocusReason);
}

void CommandPalette::dismiss()
{
    if (isHidden()) {
        return;
    }
    hide();
    if (m_focusBefore != nullptr) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
}

void CommandPalette::filter(const QString &text)
{
    m_model->setFilter(text);
    m_list->setCurrentIndex({});
    moveBy(1);
    place();
}

void CommandPalette::moveBy(int step)
{
    const int count = m_model->rowCount();
    int row = m_list->currentIndex().isValid() ? m_list->currentIndex().row() : -1;
    for (int tried = 0; tried < count; ++tried) {
        row = (row + step + count) % count;
        if (m_model->command(row) != nullptr) {
            m_list->setCurrentIndex(m_model->index(row));
            m_list->scrollTo(m_model->index(row == 1 ? 0 : row)); // the first one brings its heading along
            return;
        }
    }
}

void CommandPalette::runCurrent()
{
    const Command *command = m_model->command(m_list->currentIndex().row());
    if (command == nullptr || !command->reason.isEmpty()) {
        return;
    }
    const auto run = command->run;
    dismiss();
    run();
}

void CommandPalette::place()
{
    const QRect area = parentWidget()->rect();
    setGeometry(area);
    int listHeight = listMargin;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        listHeight += m_list->sizeHintForRow(row);
    }
    const int around = inputHeight + footHeight + listMargin + 3;
    const int height = qMin(around + qMin(listHeight, tallestList), area.height() - 2 * panelTop);
    const int width = qMin(panelWidth, area.width() - 2 * panelTop);
    m_panel->setGeometry((area.width() - width) / 2, panelTop, width, height);
    update();
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize) {
        place();
    }
    if (watched == m_input && event->type() == QEvent::ShortcutOverride) {
        event->accept(); // the window's shortcuts rest while the palette is open
        return true;
    }
    if (watched != m_input || event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    if (static_cast<QKeyEvent *>(event)->matches(QKeySequence::Cancel)) {
        dismiss();
        return true;
    }
    constexpr int page = 8;
    switch (static_cast<QKeyEvent *>(event)->key()) { // keys that are not the palette's are the field's
    case Qt::Key_Down:
        moveBy(1);
        return true;
    case Qt::Key_Up:
        moveBy(-1);
        return true;
    case Qt::Key_PageDown:
        for (int i = 0; i < page; ++i) {
            moveBy(1);
        }
        return true;
    case Qt::Key_PageUp:
        for (int i = 0; i < page; ++i) {
            moveBy(-1);
        }
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        runCurrent();
        return true;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return true; // there is one field: the keyboard stays
    default:
        return false;
    }
}

void CommandPalette::mousePressEvent(QMouseEvent * /*event*/)
{
    dismiss(); // beside the panel
}

void CommandPalette::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    common::paintOverlay(painter, m_theme, rect(), m_panel->geometry(), false);
}

} // namespace rollcall::main
