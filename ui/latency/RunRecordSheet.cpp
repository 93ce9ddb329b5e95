#include "ui/latency/RunRecordSheet.h"

#include <QVBoxLayout>

#include "core/probe/ReportText.h"
#include "ui/charts/ChartTableView.h"
#include "ui/common/Button.h"
#include "ui/common/Label.h"

namespace rollcall::latency {

using common::FontToken;
using common::Label;

namespace {
constexpr int tableHeight = 300;
} // namespace

RunRecordSheet::RunRecordSheet(const common::Theme &theme, QWidget &origin, const probe::RunDocument &document)
    : common::Sheet(theme, origin)
{
    setObjectName(QStringLiteral("runRecord"));
    setHeading(common::Icon::Latency, common::ColorToken::Accent, tr("Run record"),
               tr("What the run says, and how it was measured: as its reports have it."));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(common::space::l + common::space::xs, common::space::m,
                               common::space::l + common::space::xs, common::space::m);
    column->setSpacing(common::space::s);
    const auto addLines = [&](const QString &title, const QStringList &lines) {
        if (lines.isEmpty())
            return;
        column->addWidget(new Label(theme, title, FontToken::Section));
        for (const QString &line : lines) {
            auto *label = new Label(theme, line);
            label->setWordWrap(true);
            label->setSelectable();
            column->addWidget(label);
        }
    };
    addLines(tr("Verdicts"), probe::verdictSentences(document));
    QStringList budgets;
    for (const probe::BudgetResult &result : document.budgets)
        budgets << probe::budgetSentence(result);
    addLines(tr("Budgets"), budgets);

    charts::ChartTable table;
    table.head = {tr("Of the run"), tr("Value")};
    for (const auto &[name, value] : probe::metadataRows(document))
        table.rows.push_back({{name, {}}, {value, {}}});
    auto *view = new charts::ChartTableView(theme);
    view->setObjectName(QStringLiteral("runMeta"));
    view->setAccessibleName(tr("How it was measured"));
    view->setFixedHeight(tableHeight);
    view->setTable(std::move(table));
    column->addWidget(new Label(theme, tr("How it was measured"), FontToken::Section));
    column->addWidget(view);
    setBody(body);
    auto *done = new common::Button(theme, tr("Done"), common::ButtonKind::Primary);
    done->setKeyHint(tr("Esc"));
    done->setLarge(true);
    connect(done, &common::Button::clicked, this, &RunRecordSheet::dismiss);
    addFootEnd(done);
}

} // namespace rollcall::latency
