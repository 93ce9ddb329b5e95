#include "ui/common/StyleSheet.h"

#include <utility>

#include "ui/common/Theme.h"

namespace rollcall::common {

namespace {

/// `@name` stands for a token; longer names come first so that `@line-strong` is not read as `@line`.
constexpr std::pair<const char *, ColorToken> names[] = {
    {"@line-strong", ColorToken::LineStrong},
    {"@accent-soft", ColorToken::AccentSoft},
    {"@on-accent", ColorToken::OnAccent},
    {"@bad-soft", ColorToken::BadSoft},
    {"@warn-soft", ColorToken::WarnSoft},
    {"@good-soft", ColorToken::GoodSoft},
    {"@info-soft", ColorToken::InfoSoft},
    {"@bar-off", ColorToken::BarOff},
    {"@bar", ColorToken::Bar},
    {"@window", ColorToken::Window},
    {"@surface", ColorToken::Surface},
    {"@raised", ColorToken::Raised},
    {"@sunken", ColorToken::Sunken},
    {"@hover", ColorToken::Hover},
    {"@line", ColorToken::Line},
    {"@field", ColorToken::Field},
    {"@text", ColorToken::Text},
    {"@muted", ColorToken::Muted},
    {"@disabled", ColorToken::Disabled},
    {"@accent", ColorToken::Accent},
    {"@bad", ColorToken::Bad},
};

const char *const sheet = R"(
*[surface="window"]  { background: @window; border: none; }
*[surface="surface"] { background: @surface; border: none; }
*[surface="sunken"]  { background: @sunken; border: none; }
*[surface="card"]    { background: @raised; border: 1px solid @line; border-radius: 6px; }
*[surface="dashed"]  { background: @raised; border: 1px dashed @field; border-radius: 6px; }
*[surface="code"]    { background: @sunken; border: 1px solid @line; border-radius: 6px; padding: 6px 8px; }
*[surface="good"]    { background: @good-soft; border: 1px solid @line; border-radius: 6px; }
*[surface="warn"]    { background: @warn-soft; border: 1px solid @line; border-radius: 6px; }
*[surface="bad"]     { background: @bad-soft; border: 1px solid @line; border-radius: 6px; }
*[surface="info"]    { background: @info-soft; border: 1px solid @line; border-radius: 6px; }

QMenuBar { background: @window; border-bottom: 1px solid @line; padding: 2px 8px; spacing: 0; }
QMenuBar::item { padding: 2px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: @accent-soft; color: @accent; }
QMenu { background: @raised; border: 1px solid @line-strong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; min-height: 18px; }
QMenu::item:selected { background: @accent-soft; color: @accent; }
QMenu::item:disabled { color: @disabled; background: transparent; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line-strong; padding: 4px 8px; }

QLineEdit, QPlainTextEdit, QTextEdit {
  background: @surface; border: 1px solid @field; border-radius: 6px; padding: 0 8px;
  selection-background-color: @accent; selection-color: @on-accent; }
QLineEdit { min-height: 26px; lineedit-password-character: 8226; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QComboBox QLineEdit, QComboBox QLineEdit:focus {
  border: none; background: transparent; padding: 0; min-height: 0; }
QAbstractSpinBox { min-height: 22px; }
QComboBox QAbstractItemView { background: @raised; border: 1px solid @line-strong; padding: 4px; }
QPlainTextEdit, QTextEdit { padding: 4px 6px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border: 2px solid @accent; padding: 0 7px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: 3px 5px; }
QLineEdit:disabled, QPlainTextEdit:disabled { border-color: @line-strong; color: @disabled; }
QLineEdit[wrong="true"] { border-color: @bad; }
QLineEdit[frameless="true"], QLineEdit[frameless="true"]:focus { border: none; background: transparent; padding: 0; }
QPlainTextEdit[surface="code"], QPlainTextEdit[surface="code"]:focus { border: 1px solid @line; padding: 6px 8px; background: @sunken; }
QPlainTextEdit[surface="code"] { font-family: "@mono-family"; font-size: 12px; }
QPlainTextEdit[surface="code"]:focus { border-color: @accent; }

QTableView, QTreeView, QListView { background: @surface; border: none; outline: 0;
  selection-background-color: @accent-soft; selection-color: @text; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @line-strong;
  padding: 0 8px; height: 27px; font-size: 11px; font-weight: 600; }
QHeaderView::section:first { padding-left: 16px; }
QHeaderView::section:last { padding-right: 16px; }
QHeaderView::section:hover { color: @text; }
QTableCornerButton::section { background: @surface; border: none; }

QTextBrowser[surface="plain-text"], QTextBrowser[surface="plain-text"]:focus { background: transparent; border: none; padding: 0; }
QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 12px; margin: 0; }
QScrollBar:horizontal { height: 12px; margin: 0; }
QScrollBar::handle { background: @bar-off; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @bar; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea { background: transparent; border: none; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; border: none; border-bottom: 2px solid transparent; padding: 6px 10px; }
QTabBar[dense="true"]::tab { padding: 6px 7px; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; font-weight: 600; }
QTabBar::tab:focus { background: @accent-soft; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }

QProgressBar { background: @line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSlider::groove:horizontal { background: @bar-off; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @accent; border: 2px solid @surface; width: 14px; height: 14px; margin: -7px 0; border-radius: 9px; }
QSlider::handle:horizontal:focus { border-color: @text; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QStatusBar { background: @window; border-top: 1px solid @line; }
QStatusBar::item { border: none; }

QPushButton { background: @surface; color: @text; border: 1px solid @field; border-radius: 6px; padding: 0 12px; min-height: 26px; }
QPushButton:hover { background: @hover; }
QPushButton:pressed { background: @sunken; border-color: @text; }
QPushButton:focus, QPushButton:default { border: 2px solid @accent; padding: 0 11px; min-height: 24px; }
QPushButton:disabled { color: @disabled; border-color: @line-strong; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked { background: @accent-soft; color: @accent; }
QToolButton:focus { border: 2px solid @accent; padding: 3px; }
QToolButton[segment] { background: @surface; border: 1px solid @field; border-left: none; border-radius: 0; padding: 3px 10px; }
QToolButton[segment="first"] { border-left: 1px solid @field; border-top-left-radius: 6px; border-bottom-left-radius: 6px; }
QToolButton[segment="last"] { border-top-right-radius: 6px; border-bottom-right-radius: 6px; }
QToolButton[segment="only"] { border-left: 1px solid @field; border-radius: 6px; }
QToolButton[segment]:hover { background: @hover; }
QToolButton[segment]:checked { background: @accent-soft; color: @accent; font-weight: 600; }
QToolButton[segment]:focus { border: 2px solid @accent; padding: 2px 9px; }
QToolButton::menu-indicator { image: none; width: 0; }
QCheckBox, QRadioButton { spacing: 8px; }
)";

/// rgba() keeps the alpha of translucent tokens, which "#AARRGGBB" in a style sheet would too, but unreadably.
QString css(const QColor &color)
{
    return color.alpha() == 255 ? color.name() : color.name(QColor::HexArgb);
}

} // namespace

QString styleSheet(const Theme &theme)
{
    QString text = QString::fromLatin1(sheet);
    text.replace(QLatin1String("@mono-family"), theme.font(FontToken::Code).family());
    for (const auto &[name, token] : names) {
        text.replace(QLatin1String(name), css(theme.color(token)));
    }
    return text;
}

} // namespace rollcall::common
