#include "ui/overview/FindingRow.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QPainter>
#include <QResizeEvent>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/common/Button.h"
#include "ui/common/Label.h"
#include "ui/overview/OverviewWords.h"

namespace rollcall::overview {

using common::ColorToken;
using common::FontToken;
using common::Label;
using findings::Weight;

namespace {

constexpr int weightWidth = 92;
constexpr int barWidth = 72;
constexpr std::chrono::milliseconds copiedShown{2000};

double partOf(Weight weight)
{
    switch (weight) {
    case Weight::High:
        return 0.95;
    case Weight::Medium:
        return 0.6;
    case Weight::Low:
        return 0.15;
    }
    return 0;
}

/// The bar below the word of a weight.
class WeightBar final : public QWidget
{
public:
    WeightBar(const common::Theme &theme, Weight weight) : m_theme(theme), m_weight(weight)
    {
        setFixedSize(barWidth, 5);
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(ColorToken::Line));
        painter.drawRoundedRect(rect(), 2, 2);
        painter.setBrush(m_theme.color(weightTint(m_weight)));
        painter.drawRoundedRect(QRectF(0, 0, width() * partOf(m_weight), height()), 2, 2);
    }

private:
    const common::Theme &m_theme;
    Weight m_weight;
};

Label *wrapped(const common::Theme &theme, const QString &text, FontToken font, ColorToken tint)
{
    auto *label = new Label(theme, text, font, tint);
    label->setWordWrap(true);
    label->setAttribute(Qt::WA_TransparentForMouseEvents);
    return label;
}

} // namespace

FindingRow::FindingRow(const common::Theme &theme, findings::Finding finding, QWidget *parent)
    : QAbstractButton(parent), m_theme(theme), m_finding(std::move(finding)), m_glyph(new Label(theme))
{
    setCheckable(true);
    setAutoExclusive(true);
    setBackgroundRole(QPalette::Window); // a button's own would take the tints of the labels in it
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    setAccessibleName(QStringLiteral("%1: %2").arg(weightWord(m_finding.weight), m_finding.title));
    setAccessibleDescription(m_finding.evidence);

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(common::space::l, 10, common::space::l, 11);
    row->setSpacing(0);
    auto *weight = new QWidget;
    weight->setAttribute(Qt::WA_TransparentForMouseEvents);
    weight->setFixedWidth(weightWidth);
    auto *weightColumn = new QVBoxLayout(weight);
    weightColumn->setContentsMargins({});
    weightColumn->setSpacing(6);
    auto *head = new QHBoxLayout;
    head->setSpacing(6);
    head->addWidget(m_glyph);
    head->addWidget(new Label(theme, weightWord(m_finding.weight)), 1);
    weightColumn->addLayout(head);
    weightColumn->addWidget(new WeightBar(theme, m_finding.weight));
    row->addWidget(weight, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(wrapped(theme, m_finding.title, FontToken::Section, ColorToken::Text));
    words->addWidget(wrapped(theme, m_finding.evidence, FontToken::Body, ColorToken::Muted));
    row->addLayout(words, 1);
    if (m_finding.id == QStringLiteral("prune-due")) {
        auto *plan = new common::Button(theme, tr("Plan prune…"));
        plan->setObjectName(QStringLiteral("planPrune"));
        plan->setAccessibleDescription(m_finding.title);
        connect(plan, &common::Button::clicked, this, &FindingRow::planRequested);
        row->addSpacing(common::space::l);
        row->addWidget(plan, 0, Qt::AlignVCenter);
    }
    if (const QString text = copyText(m_finding); !text.isEmpty()) {
        m_copy = new common::Button(theme, text);
        m_copy->setObjectName(QStringLiteral("copyStatement"));
        m_copy->setAccessibleDescription(m_finding.title);
        connect(m_copy, &common::Button::clicked, this, &FindingRow::copy);
        row->addSpacing(common::space::l);
        row->addWidget(m_copy, 0, Qt::AlignVCenter);
    }
    const auto draw = [this] {
        m_glyph->setPixmap(common::iconPixmap(m_theme, weightIcon(m_finding.weight), common::measure::icon,
                                              weightTint(m_finding.weight), devicePixelRatioF()));
    };
    draw();
    connect(&theme, &common::Theme::changed, this, draw);
}

QSize FindingRow::sizeHint() const
{
    return {layout()->sizeHint().width(), minimumSizeHint().height()};
}

QSize FindingRow::minimumSizeHint() const
{
    // A scroll area asks for no height at a width: the words' own least height is that of their narrowest form.
    const QSize least = layout()->minimumSize();
    return {least.width(), width() > least.width() ? layout()->minimumHeightForWidth(width()) : least.height()};
}

void FindingRow::resizeEvent(QResizeEvent *event)
{
    QAbstractButton::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        updateGeometry();
}

void FindingRow::copy()
{
    QGuiApplication::clipboard()->setText(m_finding.statement);
    const QString before = copyText(m_finding);
    m_copy->setFixedWidth(m_copy->width()); // the row does not move under the pointer
    m_copy->setText(tr("Copied"));
    QTimer::singleShot(copiedShown, m_copy, [button = m_copy, before] { button->setText(before); });
    setChecked(true);
    Q_EMIT copied();
}

void FindingRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (isChecked())
        painter.fillRect(rect(), m_theme.color(ColorToken::AccentSoft));
    else if (underMouse())
        painter.fillRect(rect(), m_theme.color(ColorToken::Hover));
    painter.fillRect(0, height() - 1, width(), 1, m_theme.color(ColorToken::Line));
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(ColorToken::Accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -2));
    }
}

void FindingRow::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void FindingRow::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

void FindingRow::focusInEvent(QFocusEvent *event)
{
    QAbstractButton::focusInEvent(event);
    setChecked(true);
}

} // namespace rollcall::overview
