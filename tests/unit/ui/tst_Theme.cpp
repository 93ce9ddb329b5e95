#include <QApplication>
#include <QFontMetricsF>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

using namespace rollcall::common;

namespace {

/// **Source:** WCAG 2.1, definitions of relative luminance and contrast ratio.
double luminance(const QColor &color)
{
    const auto linear = [](double channel) {
        return channel <= 0.03928 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

const QList<ColorToken> grounds = {
    ColorToken::Window,     ColorToken::Surface,  ColorToken::Raised,   ColorToken::Sunken,  ColorToken::Hover,
    ColorToken::AccentSoft, ColorToken::GoodSoft, ColorToken::WarnSoft, ColorToken::BadSoft, ColorToken::InfoSoft};

} // namespace

class TestTheme final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wordsContrast_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::addRow("light") << false;
        QTest::addRow("dark") << true;
    }
    void wordsContrast()
    {
        QFETCH(const bool, dark);
        for (const auto word : {ColorToken::Text, ColorToken::Muted, ColorToken::Accent, ColorToken::Good,
                                ColorToken::Warn, ColorToken::Bad, ColorToken::Info}) {
            for (const auto ground : grounds) {
                const double ratio = contrast(Theme::color(word, dark), Theme::color(ground, dark));
                QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("token %1 on %2: %3")
                                                      .arg(static_cast<int>(word))
                                                      .arg(static_cast<int>(ground))
                                                      .arg(ratio)));
            }
        }
        QVERIFY(contrast(Theme::color(ColorToken::OnAccent, dark), Theme::color(ColorToken::Accent, dark)) >= 4.5);
        QVERIFY(contrast(Theme::color(ColorToken::OnBad, dark), Theme::color(ColorToken::BadFill, dark)) >= 4.5);
    }

    void marksContrast_data() { wordsContrast_data(); }
    void marksContrast()
    {
        QFETCH(const bool, dark);
        for (const auto mark : {ColorToken::Field, ColorToken::Bar, ColorToken::BarOff, ColorToken::Hatch,
                                ColorToken::ModeLocal, ColorToken::ModeProxy, ColorToken::ModeMemory,
                                ColorToken::ModeRedis, ColorToken::ModeUpstash, ColorToken::ModeFloor}) {
            for (const auto ground : {ColorToken::Surface, ColorToken::Raised}) {
                const double ratio = contrast(Theme::color(mark, dark), Theme::color(ground, dark));
                QVERIFY2(ratio >= 3, qPrintable(QStringLiteral("token %1: %2").arg(static_cast<int>(mark)).arg(ratio)));
            }
        }
    }

    void appearanceRepaintsOnceAndOnlyWhenColoursDiffer()
    {
        Theme theme(*qApp, Appearance::Light);
        QSignalSpy changed(&theme, &Theme::changed);
        theme.setAppearance(Appearance::Light);
        QCOMPARE(changed.count(), 0);
        theme.setAppearance(Appearance::Dark);
        QCOMPARE(changed.count(), 1);
        QVERIFY(theme.isDark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::color(ColorToken::Window, true));
        QVERIFY(!qApp->styleSheet().contains(QLatin1Char('@'))); // every placeholder was a token
    }

    void digitsAreOfOneWidth()
    {
        const Theme theme(*qApp, Appearance::Light);
        for (const auto token : {FontToken::Body, FontToken::Section, FontToken::Figure, FontToken::Code}) {
            const QFontMetricsF metrics(theme.font(token));
            QCOMPARE(metrics.horizontalAdvance(QLatin1Char('1')), metrics.horizontalAdvance(QLatin1Char('0')));
        }
    }

    void everyIconIsDrawnInItsTint()
    {
        const Theme theme(*qApp, Appearance::Light);
        for (int i = 0; i < iconCount; ++i) {
            const auto icon = static_cast<Icon>(i);
            for (const qreal ratio : {1.0, 2.0}) {
                const QImage image = iconPixmap(theme, icon, 20, ColorToken::Bad, ratio).toImage();
                QCOMPARE(image.width(), qRound(20 * ratio));
                int painted = 0;
                for (int y = 0; y < image.height(); ++y) {
                    for (int x = 0; x < image.width(); ++x) {
                        const QColor pixel = image.pixelColor(x, y);
                        painted += pixel.alpha() >= 128 ? 1 : 0;
                        if (pixel.alpha() == 255) {
                            QCOMPARE(pixel, theme.color(ColorToken::Bad));
                        }
                    }
                }
                QVERIFY2(painted > 4, qPrintable(iconPath(icon)));
            }
        }
    }
};

QTEST_MAIN(TestTheme)
#include "tst_Theme.moc"
