#pragma once

#include <QColor>
#include <QFont>
#include <QObject>

#include <array>
#include <chrono>

class QApplication;

namespace rollcall::common {

/// Names of the colours that the application paints with; Theme alone knows their values. `…Soft` is the fill behind
/// words of that meaning, `Mode…` are the marks of charts, `Bar…` are marks of quantities.
enum class ColorToken {
    Window,
    Surface,
    Raised,
    Sunken,
    Hover,
    Line,
    LineStrong,
    Field, ///< edge of every control
    Text,
    Muted,
    Disabled,
    Accent,
    OnAccent,
    AccentSoft, ///< selection
    Good,
    Warn,
    Bad,
    Info,
    GoodSoft,
    WarnSoft,
    BadSoft,
    InfoSoft,
    BadFill,
    OnBad,
    Bar,
    BarOff,
    Hatch,
    ModeLocal,
    ModeProxy,
    ModeMemory,
    ModeRedis,
    ModeUpstash,
    ModeFloor,
    Scrim,  ///< translucent, over the page behind a sheet
    Shadow, ///< of sheets and popups, at its darkest
};
inline constexpr std::size_t colorTokenCount = static_cast<std::size_t>(ColorToken::Shadow) + 1;

/// The type ramp: pixel size / weight.
enum class FontToken {
    Display, ///< 28/600, the name of the application
    Figure,  ///< 24/600, the number of a tile
    Title,   ///< 20/600, a page or sheet
    Heading, ///< 16/600, the line of an empty state
    Verdict, ///< 16/400
    Section, ///< 13/600
    Body,    ///< 13/400, tables too
    Status,  ///< 12/400
    Caption, ///< 11/600, column heads and labels above figures
    Small,   ///< 11/400
    Code,    ///< 12/400, JetBrains Mono
};

/// Which colours to use. System follows the desktop.
enum class Appearance { System, Light, Dark };

/// Distances in logical pixels, on a grid of four.
namespace space {
inline constexpr int xs = 4;
inline constexpr int s = 8;
inline constexpr int m = 12;
inline constexpr int l = 16;
inline constexpr int xl = 24;
inline constexpr int xxl = 32;
} // namespace space

/// Sizes that several widgets share, in logical pixels.
namespace measure {
inline constexpr int radius = 6; ///< fields, buttons, cards
inline constexpr int sheetRadius = 10;
inline constexpr int control = 28; ///< height of a button or field
inline constexpr int controlLarge = 32;
inline constexpr int row = 28; ///< table row and head
inline constexpr int icon = 16;
inline constexpr int pageHead = 52;
} // namespace measure

/// Owns palette, type ramp and style of the application and repaints everything when they change. Constructed once
/// beside QApplication and passed by reference; it must outlive every widget that was given it.
/// **Thread-safety:** GUI thread only.
class Theme final : public QObject
{
    Q_OBJECT

public:
    /// Applies @p appearance to @p application: style, palette, fonts and style sheet.
    explicit Theme(QApplication &application, Appearance appearance = Appearance::System);

    /// The colour of @p token in the theme now shown.
    [[nodiscard]] QColor color(ColorToken token) const { return m_colors[static_cast<std::size_t>(token)]; }
    /// The colour of @p token in the light or the dark theme, whichever is shown.
    [[nodiscard]] static QColor color(ColorToken token, bool dark);
    /// The font of @p token; digits are of one width in all of them.
    [[nodiscard]] QFont font(FontToken token) const;
    [[nodiscard]] bool isDark() const { return m_dark; }
    [[nodiscard]] Appearance appearance() const { return m_appearance; }
    /// Changes the appearance; emits changed() where colours differ afterwards.
    void setAppearance(Appearance appearance);

    /// @p wanted, or zero where the desktop asks for no animation.
    [[nodiscard]] std::chrono::milliseconds motion(std::chrono::milliseconds wanted) const;

Q_SIGNALS:
    /// Colours changed. Palettes and style sheet are already applied; delegates and charts that cache colours rebuild.
    void changed();

protected:
    /// Watches the desktop's change between light and dark.
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void apply();

    QApplication &m_application;
    Appearance m_appearance;
    bool m_dark = false;
    bool m_applied = false;
    QString m_family;
    QString m_codeFamily;
    std::array<QColor, colorTokenCount> m_colors;
};

} // namespace rollcall::common
