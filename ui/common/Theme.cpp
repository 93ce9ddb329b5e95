#include "ui/common/Theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPalette>
#include <QStyleFactory>

#include "ui/common/FusionStyle.h"
#include "ui/common/StyleSheet.h"

// A resource in a static library is linked only when it is named; the macro must stand outside any namespace.
static void initialiseResources()
{
    Q_INIT_RESOURCE(rollcall);
}

namespace rollcall::common {

namespace {

struct Pair
{
    QRgb light;
    QRgb dark;
};

/// In the order of ColorToken. Contrast of every word and mark on its grounds is computed in tst_Theme.
constexpr std::array<Pair, colorTokenCount> palette = {{
    {0xFFF6F7F9, 0xFF14171C}, // Window
    {0xFFFFFFFF, 0xFF1B1F26}, // Surface
    {0xFFFFFFFF, 0xFF232833}, // Raised
    {0xFFF0F2F5, 0xFF15181E}, // Sunken
    {0xFFF1F4F7, 0xFF222832}, // Hover
    {0xFFE1E5EA, 0xFF2E3541}, // Line
    {0xFFC5CCD6, 0xFF434C5B}, // LineStrong
    {0xFF828D9C, 0xFF6F7B8C}, // Field
    {0xFF16202C, 0xFFE7ECF3}, // Text
    {0xFF56637A, 0xFFA3AFC0}, // Muted
    {0xFF98A2B3, 0xFF667085}, // Disabled
    {0xFF0F6B66, 0xFF3CC2B8}, // Accent
    {0xFFFFFFFF, 0xFF06211F}, // OnAccent
    {0xFFDDEFED, 0xFF17393A}, // AccentSoft
    {0xFF166F43, 0xFF4CC38A}, // Good
    {0xFF9A5B00, 0xFFF2B84B}, // Warn
    {0xFFB42318, 0xFFFB7C73}, // Bad
    {0xFF175CD3, 0xFF84ADFF}, // Info
    {0xFFE8F5ED, 0xFF16302A}, // GoodSoft
    {0xFFFDF3E1, 0xFF352A17}, // WarnSoft
    {0xFFFDEDEB, 0xFF3A2125}, // BadSoft
    {0xFFE9F1FE, 0xFF1C2B45}, // InfoSoft
    {0xFFB42318, 0xFFD92D20}, // BadFill
    {0xFFFFFFFF, 0xFFFFFFFF}, // OnBad
    {0xFF647B8C, 0xFF6F8799}, // Bar
    {0xFF84909E, 0xFF667386}, // BarOff
    {0xFF84909E, 0xFF6A778B}, // Hatch
    {0xFF0072B2, 0xFF4DA9DD}, // ModeLocal
    {0xFFB84A00, 0xFFEE7A35}, // ModeProxy
    {0xFF008F68, 0xFF2DC39A}, // ModeMemory
    {0xFFC063A0, 0xFFECA9D3}, // ModeRedis
    {0xFFB88600, 0xFFF2C14E}, // ModeUpstash
    {0xFF5B6470, 0xFF8A94A2}, // ModeFloor
    {0x5716202C, 0x8F06080B}, // Scrim
    {0x2E000000, 0x80000000}, // Shadow: black, because faint tints round to a hue
}};

/// True where figures in @p font stand in columns by themselves.
bool hasEvenDigits(const QFont &font)
{
    const QFontMetricsF metrics(font);
    return qFuzzyCompare(metrics.horizontalAdvance(QLatin1Char('1')), metrics.horizontalAdvance(QLatin1Char('0')));
}

/// The desktop's font where somebody chose one and its digits are of one width, else Open Sans (Qt 6.4 cannot switch
/// on OpenType's tabular figures). A generic name means that there is no desktop to have chosen.
QString chooseFamily()
{
    const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    static const QStringList generic = {QStringLiteral("Sans"), QStringLiteral("Sans Serif"),
                                        QStringLiteral("sans-serif"), QStringLiteral("Helvetica"),
                                        QStringLiteral("DejaVu Sans")};
    const QString openSans = QStringLiteral("Open Sans");
    const bool chosen = !generic.contains(system.family(), Qt::CaseInsensitive);
    if ((chosen && hasEvenDigits(system)) || !QFontDatabase::hasFamily(openSans)) {
        return system.family();
    }
    return openSans;
}

QString chooseCodeFamily()
{
    const QString wanted = QStringLiteral("JetBrains Mono");
    return QFontDatabase::hasFamily(wanted) ? wanted : QFontDatabase::systemFont(QFontDatabase::FixedFont).family();
}

/// Fusion's standard palette follows the desktop's scheme, also after ours was set on the application.
bool systemIsDark()
{
    const std::unique_ptr<QStyle> fusion(QStyleFactory::create(QStringLiteral("Fusion")));
    const QPalette standard = fusion->standardPalette();
    return standard.color(QPalette::Window).lightness() < standard.color(QPalette::WindowText).lightness();
}

} // namespace

Theme::Theme(QApplication &application, Appearance appearance) : m_application(application), m_appearance(appearance)
{
    initialiseResources();
    m_family = chooseFamily();
    m_codeFamily = chooseCodeFamily();
    QApplication::setStyle(new FusionStyle(*this)); // the application owns it
    m_application.installEventFilter(this);
    apply();
}

QColor Theme::color(ColorToken token, bool dark)
{
    const Pair &pair = palette[static_cast<std::size_t>(token)];
    return QColor::fromRgba(dark ? pair.dark : pair.light);
}

QFont Theme::font(FontToken token) const
{
    struct Type
    {
        int pixels;
        QFont::Weight weight;
    };
    const auto type = [token]() -> Type {
        switch (token) {
        case FontToken::Display:
            return {28, QFont::DemiBold};
        case FontToken::Figure:
            return {24, QFont::DemiBold};
        case FontToken::Title:
            return {20, QFont::DemiBold};
        case FontToken::Heading:
            return {16, QFont::DemiBold};
        case FontToken::Verdict:
            return {16, QFont::Normal};
        case FontToken::Section:
            return {13, QFont::DemiBold};
        case FontToken::Body:
            return {13, QFont::Normal};
        case FontToken::Status:
            return {12, QFont::Normal};
        case FontToken::Caption:
            return {11, QFont::DemiBold};
        case FontToken::Small:
            return {11, QFont::Normal};
        case FontToken::Code:
            return {12, QFont::Normal};
        }
        return {13, QFont::Normal};
    }();
    QFont font(token == FontToken::Code ? m_codeFamily : m_family);
    font.setPixelSize(type.pixels);
    font.setWeight(type.weight);
    font.setHintingPreference(QFont::PreferVerticalHinting);
    if (token == FontToken::Code) {
        font.setStyleHint(QFont::Monospace);
    }
    return font;
}

void Theme::setAppearance(Appearance appearance)
{
    m_appearance = appearance;
    apply();
}

std::chrono::milliseconds Theme::motion(std::chrono::milliseconds wanted) const
{
    const bool animate = m_application.style()->styleHint(QStyle::SH_Widget_Animation_Duration) > 0;
    return animate ? wanted : std::chrono::milliseconds::zero();
}

bool Theme::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::ThemeChange && m_appearance == Appearance::System) {
        apply();
    }
    return QObject::eventFilter(watched, event);
}

void Theme::apply()
{
    const bool dark = m_appearance == Appearance::System ? systemIsDark() : m_appearance == Appearance::Dark;
    if (m_applied && dark == m_dark) {
        return;
    }
    m_applied = true;
    m_dark = dark;
    for (std::size_t i = 0; i < colorTokenCount; ++i) {
        m_colors[i] = color(static_cast<ColorToken>(i), dark);
    }

    QPalette p;
    p.setColor(QPalette::Window, color(ColorToken::Window));
    p.setColor(QPalette::WindowText, color(ColorToken::Text));
    p.setColor(QPalette::Base, color(ColorToken::Surface));
    p.setColor(QPalette::AlternateBase, color(ColorToken::Sunken));
    p.setColor(QPalette::Text, color(ColorToken::Text));
    p.setColor(QPalette::Button, color(ColorToken::Surface));
    p.setColor(QPalette::ButtonText, color(ColorToken::Text));
    p.setColor(QPalette::BrightText, color(ColorToken::OnBad));
    p.setColor(QPalette::Highlight, color(ColorToken::Accent));
    p.setColor(QPalette::HighlightedText, color(ColorToken::OnAccent));
    p.setColor(QPalette::Link, color(ColorToken::Accent));
    p.setColor(QPalette::LinkVisited, color(ColorToken::Accent));
    p.setColor(QPalette::PlaceholderText, color(ColorToken::Muted));
    p.setColor(QPalette::ToolTipBase, color(ColorToken::Raised));
    p.setColor(QPalette::ToolTipText, color(ColorToken::Text));
    p.setColor(QPalette::Light, color(ColorToken::Raised));
    p.setColor(QPalette::Midlight, color(ColorToken::Hover));
    p.setColor(QPalette::Mid, color(ColorToken::LineStrong));
    p.setColor(QPalette::Dark, color(ColorToken::Field));
    p.setColor(QPalette::Shadow, color(ColorToken::Shadow));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        p.setColor(QPalette::Disabled, role, color(ColorToken::Disabled));
    }
    p.setColor(QPalette::Disabled, QPalette::Highlight, color(ColorToken::LineStrong));

    QApplication::setPalette(p);
    QApplication::setFont(font(FontToken::Body));
    m_application.setStyleSheet(styleSheet(*this));
    Q_EMIT changed();
}

} // namespace rollcall::common
