#include "ui/revoke/SelectionSheet.h"

#include <QCheckBox>
#include <QLocale>
#include <QRadioButton>
#include <QSet>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

#include "core/base/ErrorText.h"
#include "ui/common/Button.h"
#include "ui/common/Figure.h"
#include "ui/common/Label.h"
#include "ui/common/Note.h"
#include "ui/revoke/UserListEdit.h"

namespace rollcall::revoke {

using common::Button;
using common::ButtonKind;
using common::ColorToken;
using common::FontToken;
using common::Icon;
using common::Label;
using common::NoteKind;

namespace {

constexpr std::chrono::milliseconds countDebounce{300};
constexpr int panelWidth = 720;
constexpr int mostKept = 1000;
constexpr qsizetype unmatchedNamed = 6;

QString number(qint64 count)
{
    return QLocale().toString(count);
}

/// "line 4: kai@example.com": which of the list nothing was found for.
QString unmatchedText(const UserList &list, const QStringList &unmatched)
{
    const QSet<QString> missed(unmatched.begin(), unmatched.end());
    QStringList named;
    for (const NamedUser &user : list.users) {
        if (named.size() >= unmatchedNamed)
            break;
        for (const QString &name : QStringList(user.name) + user.otherwise) {
            if (missed.contains(name))
                named << SelectionSheet::tr("line %1: %2").arg(user.line).arg(name);
        }
    }
    if (const qsizetype more = unmatched.size() - named.size(); more > 0)
        named << SelectionSheet::tr("and %1 more").arg(number(more));
    return named.join(QStringLiteral(" · "));
}

} // namespace

SelectionSheet::SelectionSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection,
                               const common::SelectionRequest &request)
    : common::Sheet(theme, origin),
      m_theme(theme),
      m_request(request),
      m_controller(connection),
      m_list(new UserListEdit(theme, connection)),
      m_debounce(new QTimer(this))
{
    setObjectName(QStringLiteral("selectionSheet"));
    setPanelWidth(panelWidth);
    setHeading(Icon::Users, ColorToken::Accent, tr("Choose whose sessions"),
               tr("Nothing is changed here. The plan that follows shows exactly what would go."));
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(0, common::space::m, 0, 0);
    column->setSpacing(common::space::m);
    column->addWidget(makeScopes());
    column->addWidget(makeKeep());
    column->addWidget(makePreview());
    setBody(body);
    makeFoot();

    m_debounce->setSingleShot(true);
    m_debounce->setInterval(countDebounce);
    connect(m_debounce, &QTimer::timeout, this, &SelectionSheet::count);
    connect(&m_controller, &RevocationController::planned, this, &SelectionSheet::showCount);
    connect(&m_controller, &RevocationController::failed, this, &SelectionSheet::showError);
    connect(m_list, &UserListEdit::changed, this, &SelectionSheet::onChanged);
    for (QRadioButton *scope : {m_byList, m_byFilter, m_everybody}) {
        if (scope)
            connect(scope, &QRadioButton::toggled, this, [this](bool chosen) {
                if (chosen)
                    onChanged();
            });
    }
    connect(m_keep, &QCheckBox::toggled, this, &SelectionSheet::onChanged);
    connect(m_kept, &QSpinBox::valueChanged, this, &SelectionSheet::onChanged);
    (m_byFilter ? m_byFilter : m_byList)->setChecked(true);
}

QWidget *SelectionSheet::makeScopes()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(20, 0, 20, 0);
    column->setSpacing(common::space::s);
    column->addWidget(new Label(m_theme, tr("Which sessions"), FontToken::Caption, ColorToken::Muted));
    if (m_request.filter) {
        m_byFilter = new QRadioButton(tr("All that match the filter"));
        m_byFilter->setAccessibleDescription(m_request.filterWords);
        m_byFilter->setObjectName(QStringLiteral("scopeFilter"));
        column->addWidget(m_byFilter);
        // Not in the button's own text: it would not wrap, and take an & for a mnemonic.
        auto *words = new Label(m_theme, m_request.filterWords, FontToken::Body, ColorToken::Muted);
        words->setWordWrap(true);
        auto *indent = new QHBoxLayout;
        indent->setContentsMargins(common::space::xl, 0, 0, 0);
        indent->addWidget(words);
        column->addLayout(indent);
    }
    m_byList = new QRadioButton(tr("Live sessions of the users in a list"));
    m_byList->setObjectName(QStringLiteral("scopeList"));
    column->addWidget(m_byList);
    auto *inset = new QHBoxLayout;
    inset->setContentsMargins(common::space::xl, 0, 0, 0);
    inset->addWidget(m_list);
    column->addLayout(inset);
    m_everybody = new QRadioButton(tr("Live sessions of everybody"));
    m_everybody->setObjectName(QStringLiteral("scopeEverybody"));
    column->addWidget(m_everybody);
    return box;
}

QWidget *SelectionSheet::makeKeep()
{
    auto *box = new QWidget;
    auto *row = new QHBoxLayout(box);
    row->setContentsMargins(20, 0, 20, 0);
    row->setSpacing(common::space::s);
    m_keep = new QCheckBox(tr("Of each user keep the newest"));
    m_keep->setObjectName(QStringLiteral("keepNewest"));
    m_keep->setToolTip(tr("By when a session began where that is stored, else by when it ends. Only users with more "
                          "than that are touched."));
    m_kept = new QSpinBox;
    m_kept->setObjectName(QStringLiteral("keptNumber"));
    m_kept->setAccessibleName(tr("How many of each user are kept"));
    m_kept->setRange(1, mostKept);
    m_kept->setEnabled(false);
    connect(m_keep, &QCheckBox::toggled, m_kept, &QSpinBox::setEnabled);
    row->addWidget(m_keep);
    row->addWidget(m_kept);
    row->addStretch();
    return box;
}

QWidget *SelectionSheet::makePreview()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, common::space::m);
    column->setSpacing(common::space::m);
    m_sessions = new common::Figure(m_theme, tr("Sessions that match"));
    m_users = new common::Figure(m_theme, tr("Users"));
    m_unmatched = new common::Figure(m_theme, tr("Named without a live session"));
    column->addWidget(new common::FigureStrip(m_theme, {m_sessions, m_users, m_unmatched}));
    auto *inset = new QHBoxLayout;
    inset->setContentsMargins(20, 0, 20, 0);
    m_note = new common::Note(m_theme, NoteKind::Info, {}, {});
    m_note->setObjectName(QStringLiteral("selectionNote"));
    inset->addWidget(m_note);
    column->addLayout(inset);
    return box;
}

void SelectionSheet::makeFoot()
{
    m_why = new Label(m_theme, {}, FontToken::Status, ColorToken::Muted);
    m_why->setObjectName(QStringLiteral("selectionObstacle"));
    addFootStart(m_why);
    auto *cancel = new Button(m_theme, tr("Cancel"));
    cancel->setLarge(true);
    cancel->setKeyHint(tr("Esc"));
    connect(cancel, &Button::clicked, this, &SelectionSheet::dismiss);
    addFootEnd(cancel);
    m_plan = new Button(m_theme, tr("Show the plan…"), ButtonKind::Primary);
    m_plan->setObjectName(QStringLiteral("selectionPlan"));
    m_plan->setLarge(true);
    m_plan->setKeyHint(tr("Ctrl+Enter"));
    connect(m_plan, &Button::clicked, this, [this] {
        const Selection chosen = selection();
        dismiss();
        Q_EMIT planRequested(chosen);
    });
    addFootEnd(m_plan);
    setExecute(m_plan);
}

Selection SelectionSheet::selection() const
{
    Selection chosen;
    chosen.query = m_byFilter && m_byFilter->isChecked() ? *m_request.filter : store::SessionQuery();
    if (m_byList->isChecked())
        chosen.users = m_list->list().users;
    if (m_keep->isChecked())
        chosen.keepNewest = m_kept->value();
    return chosen;
}

QString SelectionSheet::missing() const
{
    if (!m_byList->isChecked())
        return {};
    const std::size_t named = m_list->list().users.size();
    // An empty list names nobody: taken as "no restriction" it would end everybody's sessions.
    if (named == 0)
        return tr("Name users first.");
    if (named > mostNamedUsers)
        return tr("%1 users are named; at most %2 can be planned for at once.")
            .arg(number(qint64(named)), number(qint64(mostNamedUsers)));
    return {};
}

void SelectionSheet::onChanged()
{
    m_list->setEnabled(m_byList->isChecked());
    const QString why = missing();
    m_controller.abandon();
    for (common::Figure *figure : {m_sessions, m_users, m_unmatched})
        figure->setValue(QStringLiteral("–"));
    m_note->setVisible(why.isEmpty());
    m_note->setContent(NoteKind::Info, tr("Counting"), tr("Reading exactly which sessions match."));
    setPlannable(why.isEmpty() ? tr("Counting first.") : why);
    if (why.isEmpty())
        m_debounce->start();
    else
        m_debounce->stop();
}

void SelectionSheet::count()
{
    m_controller.freeze(selection());
}

void SelectionSheet::showCount()
{
    const RevocationPlan &plan = *m_controller.plan();
    const auto rows = static_cast<qint64>(plan.rows.size());
    const auto unmatched = static_cast<qint64>(plan.unmatchedUsers.size());
    m_sessions->setValue(number(rows));
    m_users->setValue(number(plan.users));
    const bool named = m_byList->isChecked();
    m_unmatched->setValue(named ? number(unmatched) : QStringLiteral("–"),
                          named ? tr("of %1").arg(number(std::ssize(plan.selection.users))) : QString(),
                          unmatched > 0 ? ColorToken::Warn : ColorToken::Text);
    if (unmatched > 0)
        m_note->setContent(NoteKind::Warn, tr("Nobody signed in by these names"),
                           unmatchedText(m_list->list(), plan.unmatchedUsers));
    else if (m_everybody->isChecked() && !m_keep->isChecked())
        m_note->setContent(NoteKind::Warn, tr("This signs everybody out"),
                           tr("Your own session too. The plan asks for this to be typed."));
    m_note->setVisible(unmatched > 0 || (m_everybody->isChecked() && !m_keep->isChecked()));
    setPlannable(rows == 0 ? tr("No live session matches.") : QString());
}

void SelectionSheet::showError(const base::Error &error)
{
    const base::ErrorText text = base::describe(error);
    m_note->setContent(NoteKind::Bad, text.message, text.remedy);
    m_note->show();
    setPlannable(tr("They could not be counted."));
}

void SelectionSheet::setPlannable(const QString &why)
{
    m_why->setText(why);
    m_plan->setEnabled(why.isEmpty());
    m_plan->setToolTip(why);
}

} // namespace rollcall::revoke
