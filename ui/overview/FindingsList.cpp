#include "ui/overview/FindingsList.h"

#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/common/CodeBlock.h"
#include "ui/common/EmptyState.h"
#include "ui/common/Label.h"
#include "ui/common/Surface.h"
#include "ui/overview/FindingRow.h"

namespace rollcall::overview {

using common::ColorToken;
using common::FontToken;
using common::Label;

namespace {
constexpr int headHeight = 40;
constexpr int statementLines = 7;

/// A line across.
class Rule final : public QWidget
{
public:
    explicit Rule(const common::Theme &theme) : m_theme(theme) { setFixedHeight(1); }

protected:
    void paintEvent(QPaintEvent *) override { QPainter(this).fillRect(rect(), m_theme.color(ColorToken::LineStrong)); }

private:
    const common::Theme &m_theme;
};
} // namespace

FindingsList::FindingsList(const common::Theme &theme, QWidget *parent)
    : QFrame(parent),
      m_theme(theme),
      m_summary(new Label(theme, {}, FontToken::Body, ColorToken::Muted)),
      m_stack(new QStackedWidget),
      m_scroll(new QScrollArea),
      m_rows(nullptr),
      m_empty(new common::EmptyState(theme, common::Icon::Busy, tr("Looking"), {})),
      m_remedyPart(nullptr)
{
    setObjectName(QStringLiteral("findingsList"));
    common::setSurface(*this, common::Surface::Card);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    auto *head = new QWidget;
    head->setFixedHeight(headHeight);
    auto *headRow = new QHBoxLayout(head);
    headRow->setContentsMargins(common::space::l, 0, common::space::l, 0);
    headRow->addWidget(new Label(theme, tr("Findings, heaviest first"), FontToken::Section));
    headRow->addStretch();
    headRow->addWidget(m_summary);
    column->addWidget(head);
    column->addWidget(new Rule(theme));

    auto *content = new QWidget;
    auto *contentColumn = new QVBoxLayout(content);
    contentColumn->setContentsMargins({});
    contentColumn->setSpacing(0);
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(0);
    contentColumn->addLayout(m_rows);
    contentColumn->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->viewport()->setAutoFillBackground(false); // the card's own ground is seen
    content->setAutoFillBackground(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus); // its rows take the keyboard
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_scroll);
    column->addWidget(m_stack, 1);
    m_remedyPart = makeRemedy();
    column->addWidget(m_remedyPart);
}

QWidget *FindingsList::makeRemedy()
{
    auto *part = new QWidget;
    part->setObjectName(QStringLiteral("remedy"));
    auto *column = new QVBoxLayout(part);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(new Rule(m_theme));
    auto *words = new QVBoxLayout;
    words->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    words->setSpacing(common::space::xs);
    m_remedyTitle = new Label(m_theme, tr("What to do"), FontToken::Caption, ColorToken::Muted);
    m_remedy = new Label(m_theme);
    m_remedy->setWordWrap(true);
    m_remedy->setSelectable();
    m_statement = new common::CodeBlock(m_theme);
    m_statement->setMaximumLines(statementLines);
    m_statement->setAccessibleName(tr("Statement to copy"));
    words->addWidget(m_remedyTitle);
    words->addWidget(m_remedy);
    words->addSpacing(common::space::xs);
    words->addWidget(m_statement);
    column->addLayout(words);
    part->hide();
    return part;
}

void FindingsList::display(const std::vector<findings::Finding> &found, bool tablesLookedAt)
{
    const QString before = selected();
    m_selected = nullptr;
    for (FindingRow *row : m_shown)
        delete row;
    m_shown.clear();
    m_summary->setText(found.empty() ? QString() : tr("%n found", nullptr, static_cast<int>(found.size())));
    if (found.empty()) {
        m_empty->setContent(common::Icon::Ok, tr("Nothing is wrong"),
                            tablesLookedAt
                                ? tr("Indexes, rights, expiry dates, duplicates and expired rows were looked at.")
                                : tr("Expired and orphaned sessions were counted; nothing else is looked at here."));
        m_stack->setCurrentWidget(m_empty);
        m_remedyPart->hide();
        return;
    }
    for (const findings::Finding &finding : found) {
        auto *row = new FindingRow(m_theme, finding);
        connect(row, &FindingRow::planRequested, this, &FindingsList::pruneRequested);
        connect(row, &QAbstractButton::toggled, this, [this, row](bool on) {
            if (on)
                showRemedy(row);
        });
        m_rows->addWidget(row);
        m_shown.push_back(row);
    }
    const auto again = std::ranges::find_if(m_shown, [&](FindingRow *row) { return row->finding().id == before; });
    (again == m_shown.end() ? m_shown.front() : *again)->setChecked(true);
    m_stack->setCurrentWidget(m_scroll);
}

void FindingsList::showRemedy(FindingRow *row)
{
    m_selected = row;
    m_remedy->setText(row->finding().remedy);
    m_statement->setVisible(!row->finding().statement.isEmpty());
    m_statement->setText(row->finding().statement);
    m_remedyPart->show();
    m_scroll->ensureWidgetVisible(m_selected, 0, 0);
}

bool FindingsList::openWorst()
{
    if (m_shown.empty())
        return false;
    m_shown.front()->setChecked(true);
    focusSelected();
    return true;
}

void FindingsList::focusSelected()
{
    if (m_selected)
        m_selected->setFocus(Qt::OtherFocusReason);
}

QString FindingsList::selected() const
{
    return m_selected ? m_selected->finding().id : QString();
}

} // namespace rollcall::overview
