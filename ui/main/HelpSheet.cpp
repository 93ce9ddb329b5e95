#include "ui/main/HelpSheet.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextTable>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/Sheet.h"

namespace rollcall::main {

using common::Button;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using common::Sheet;

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("HelpSheet", text);
}

/// Qt draws Markdown tables with boxes; ours have air between the columns and nothing else.
void styleTables(QTextDocument &document)
{
    for (QTextFrame *frame : document.rootFrame()->childFrames()) {
        if (auto *table = qobject_cast<QTextTable *>(frame)) {
            QTextTableFormat format = table->format();
            format.setBorder(0);
            format.setCellSpacing(0);
            format.setCellPadding(common::space::xs);
            table->setFormat(format);
            for (int row = 0; row < table->rows(); ++row) {
                QTextTableCellFormat cell;
                cell.setRightPadding(common::space::xl);
                cell.setTopPadding(common::space::xs);
                cell.setBottomPadding(common::space::xs);
                table->cellAt(row, 0).setFormat(cell);
            }
        }
    }
}

void addClose(const common::Theme &theme, Sheet &sheet)
{
    auto *close = new Button(theme, tr("Close"));
    close->setLarge(true);
    close->setKeyHint(tr("Esc"));
    QObject::connect(close, &Button::clicked, &sheet, &Sheet::dismiss);
    sheet.addFootEnd(close);
    sheet.setExecute(close);
}

} // namespace

void openHelp(const common::Theme &theme, QWidget &origin, const QString &title, const QString &markdown)
{
    auto *sheet = new Sheet(theme, origin);
    sheet->setHeading(Icon::Help, ColorToken::Accent, title);
    sheet->setPanelWidth(720);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(20, common::space::s, 20, common::space::s);
    auto *text = new QTextBrowser;
    text->setOpenLinks(false); // offline help has no links to follow
    text->setProperty("surface", QStringLiteral("plain-text"));
    text->setFont(theme.font(FontToken::Body));
    text->setMarkdown(markdown);
    styleTables(*text->document());
    text->setMinimumHeight(360);
    text->setAccessibleName(title);
    column->addWidget(text);
    sheet->setBody(body);
    addClose(theme, *sheet);
    sheet->open(text);
}

void openAbout(const common::Theme &theme, QWidget &origin)
{
    auto *sheet = new Sheet(theme, origin);
    sheet->setHeading(Icon::Info, ColorToken::Accent, tr("About Rollcall"));
    sheet->setPanelWidth(560);
    auto *body = new QWidget;
    auto *row = new QHBoxLayout(body);
    row->setContentsMargins(20, 20, 20, 20);
    row->setSpacing(20);
    auto *glyph = new QLabel;
    glyph->setPixmap(common::applicationIcon().pixmap(QSize(72, 72), origin.devicePixelRatioF()));
    glyph->setAlignment(Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(common::space::xs);
    words->addWidget(new Label(theme, QStringLiteral("Rollcall"), FontToken::Display));
    words->addWidget(
        new Label(theme, tr("Version %1").arg(QStringLiteral(ROLLCALL_VERSION)), FontToken::Body, ColorToken::Muted));
    auto *purpose =
        new Label(theme, tr("Who is signed in, is this person really signed out, why is a session null, what "
                            "does a session check cost: for deployments of Auth.js and NextAuth.js."));
    purpose->setWordWrap(true);
    words->addSpacing(common::space::s);
    words->addWidget(purpose);
    auto *licence = new Label(theme,
                              tr("Free software under the GNU General Public License, version 3 or later. It comes "
                                 "without warranty."),
                              FontToken::Body, ColorToken::Muted);
    licence->setWordWrap(true);
    words->addWidget(licence);
    words->addStretch();
    row->addWidget(glyph);
    row->addLayout(words, 1);
    sheet->setBody(body);
    addClose(theme, *sheet);
    sheet->open();
}

QString keyboardHelp()
{
    return tr("| Key | What it does |\n"
              "|:--|:--|\n"
              "| Ctrl+K | Every page and action by name |\n"
              "| Ctrl+1 … Ctrl+9 | The pages of the rail, in their order |\n"
              "| Ctrl+F | The filter of the page |\n"
              "| F5 | Ask again |\n"
              "| F6 | Next pane: rail, page, details |\n"
              "| Enter | Details of the row |\n"
              "| Space | Select the row |\n"
              "| Del | Open the Plan for the selection: nothing is deleted yet |\n"
              "| Ctrl+Enter | Execute, in the Plan |\n"
              "| Ctrl+Shift+A | Arm for some minutes, or disarm |\n"
              "| Ctrl+Shift+N | Show masked names and e-mails for 30 seconds, on record |\n"
              "| Ctrl+J | What runs, rests or was left unfinished |\n"
              "| Esc | Cancel what runs, close what is open |\n"
              "| F1 | Help for the page |\n");
}

} // namespace rollcall::main
