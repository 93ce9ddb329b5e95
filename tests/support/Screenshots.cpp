#include "tests/support/Screenshots.h"

#include <QDir>
#include <QPixmap>
#include <QTest>
#include <QVariantAnimation>
#include <QWidget>

#include "tests/support/TestPaths.h"

namespace rollcall::test {

namespace {

bool isAnimating(const QWidget &widget)
{
    const auto animations = widget.findChildren<QVariantAnimation *>();
    return std::any_of(animations.begin(), animations.end(), [](const QVariantAnimation *animation) {
        return animation->state() == QAbstractAnimation::Running;
    });
}

} // namespace

bool saveScreenshot(QWidget &widget, const common::Theme &theme, const QString &name)
{
    // The offscreen platform never activates by itself, and a look without focus is not what a person sees.
    QCoreApplication::sendPostedEvents();
    const bool settled = QTest::qWaitFor([&widget] { return !isAnimating(widget); }, 1000);
    if (!settled) {
        qWarning("%s: still animating", qPrintable(name));
    }
    QTest::qWait(0);
    const QString folder = buildFile(QStringLiteral("screenshots"));
    const QString suffix = theme.isDark() ? QStringLiteral("-dark.png") : QStringLiteral("-light.png");
    const QString path = folder + QLatin1Char('/') + name + suffix;
    const bool saved = QDir().mkpath(folder) && widget.grab().save(path);
    if (!saved) {
        qWarning("cannot write %s", qPrintable(path));
    }
    return settled && saved;
}

bool saveScreenshots(QWidget &widget, common::Theme &theme, const QString &name)
{
    const common::Appearance before = theme.appearance();
    bool saved = true;
    for (const auto appearance : {common::Appearance::Light, common::Appearance::Dark}) {
        theme.setAppearance(appearance);
        saved = saveScreenshot(widget, theme, name) && saved;
    }
    theme.setAppearance(before);
    return saved;
}

} // namespace rollcall::test
