#include "ui/main/HealthChips.h"

#include <QHBoxLayout>

#include <algorithm>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/common/RelativeTime.h"
#include "ui/common/States.h"
#include "ui/common/Surface.h"
#include "ui/main/HealthChip.h"

namespace rollcall::main {

using common::ColorToken;
using common::FontToken;
using common::Label;
using common::State;
using deployment::Leg;
using deployment::LegKind;
using deployment::LegStatus;

namespace {

constexpr int popupWidth = 360;

State stateOf(LegStatus status)
{
    switch (status) {
    case LegStatus::Ok:
        return State::Ok;
    case LegStatus::Warn:
        return State::Warning;
    case LegStatus::Fail:
        return State::Failed;
    case LegStatus::Skipped:
        return State::Skipped;
    }
    return State::Unknown;
}

/// How much a leg weighs in the summary of its chip: what fails is told before what works.
int weight(LegStatus status)
{
    switch (status) {
    case LegStatus::Fail:
        return 3;
    case LegStatus::Warn:
        return 2;
    case LegStatus::Ok:
        return 1;
    case LegStatus::Skipped:
        return 0;
    }
    return 0;
}

QString legWord(LegKind kind)
{
    switch (kind) {
    case LegKind::Database:
        return HealthChips::tr("Database");
    case LegKind::Schema:
        return HealthChips::tr("Schema");
    case LegKind::Secret:
        return HealthChips::tr("Secret");
    case LegKind::Deployment:
        return HealthChips::tr("Deployment");
    case LegKind::Cache:
        return HealthChips::tr("Cache");
    case LegKind::Clock:
        return HealthChips::tr("Clock");
    }
    return {};
}

const Leg *worst(const std::vector<Leg> &legs)
{
    const auto it = std::max_element(legs.begin(), legs.end(),
                                     [](const Leg &a, const Leg &b) { return weight(a.status) < weight(b.status); });
    return it == legs.end() ? nullptr : &*it;
}

Label *paragraph(const common::Theme &theme, const QString &text, ColorToken tint)
{
    auto *label = new Label(theme, text, FontToken::Body, tint);
    label->setWordWrap(true);
    label->setSelectable();
    return label;
}

} // namespace

HealthChips::HealthChips(const common::Theme &theme, QWidget *parent) : QWidget(parent), m_theme(theme)
{
    setAccessibleName(tr("Health of the connection"));
    m_chips = {{tr("Database"), {LegKind::Database, LegKind::Schema}, nullptr},
               {tr("Deployment"), {LegKind::Deployment, LegKind::Clock}, nullptr},
               {tr("Secret"), {LegKind::Secret}, nullptr},
               {tr("Cache"), {LegKind::Cache}, nullptr}};
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(common::space::xs);
    for (Chip &chip : m_chips) {
        chip.button = new HealthChip(theme, chip.word);
        row->addWidget(chip.button);
        connect(chip.button, &HealthChip::clicked, this, [this, &chip] { openPopup(chip); });
    }
    relabel();
}

void HealthChips::setLegs(const std::vector<Leg> &legs)
{
    m_legs = legs;
    relabel();
}

void HealthChips::setNarrow(bool narrow)
{
    for (const Chip &chip : m_chips) {
        chip.button->setNarrow(narrow);
    }
}

std::vector<Leg> HealthChips::legsOf(const Chip &chip) const
{
    std::vector<Leg> found;
    for (const Leg &leg : m_legs) {
        if (std::find(chip.kinds.begin(), chip.kinds.end(), leg.kind) != chip.kinds.end()) {
            found.push_back(leg);
        }
    }
    return found;
}

void HealthChips::relabel()
{
    for (const Chip &chip : m_chips) {
        const std::vector<Leg> legs = legsOf(chip);
        const Leg *leg = worst(legs);
        // Where the deployment itself was not looked at, the clock of its database says nothing of it.
        if (leg != nullptr && leg->status == LegStatus::Ok && legs.front().status == LegStatus::Skipped)
            leg = &legs.front();
        const State state = leg == nullptr ? State::NotReached : stateOf(leg->status);
        // Where all is well the time says more than the word; the icon says the rest.
        const bool timed = state == State::Ok && legs.front().took.count() > 0;
        const QString value = timed                ? common::durationText(legs.front().took)
                              : state == State::Ok ? QString()
                                                   : common::lookOf(state).word.toLower();
        chip.button->setHealth(state, value);
        chip.button->setToolTip(leg == nullptr ? tr("Not checked yet") : leg->detail);
    }
}

void HealthChips::openPopup(const Chip &chip)
{
    auto *popup = new QFrame(this, Qt::Popup);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setObjectName(QStringLiteral("healthPopup"));
    common::setSurface(*popup, common::Surface::Card);
    auto *column = new QVBoxLayout(popup);
    column->setContentsMargins(common::space::l, common::space::m, common::space::l, common::space::m);
    column->setSpacing(common::space::xs);
    const std::vector<Leg> legs = legsOf(chip);
    for (const Leg &leg : legs) {
        auto *state = new common::StateLabel(m_theme, stateOf(leg.status), legWord(leg.kind));
        state->setStrong(true);
        column->addWidget(state);
        column->addWidget(paragraph(m_theme, leg.detail, ColorToken::Text));
        if (!leg.remedy.isEmpty()) {
            column->addWidget(paragraph(m_theme, leg.remedy, ColorToken::Muted));
        }
        column->addSpacing(common::space::s);
    }
    if (legs.empty()) {
        column->addWidget(paragraph(m_theme, tr("Not checked yet."), ColorToken::Muted));
    }
    auto *again = new common::Button(m_theme, tr("Check again"));
    again->setGlyph(common::Icon::Refresh);
    column->addWidget(again);
    connect(again, &common::Button::clicked, popup, [this, popup] {
        popup->close();
        Q_EMIT checkRequested();
    });
    popup->setFixedWidth(popupWidth);
    popup->adjustSize();
    QPoint corner = chip.button->mapToGlobal(QPoint(0, chip.button->height() + 2));
    const int right = window()->mapToGlobal(QPoint(window()->width(), 0)).x() - common::space::s;
    corner.setX(qMin(corner.x(), right - popupWidth));
    popup->move(corner);
    popup->show();
    again->setFocus(Qt::PopupFocusReason);
}

} // namespace rollcall::main
