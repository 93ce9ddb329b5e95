#include "ui/common/Icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <array>

namespace rollcall::common {

namespace {

/// In the order of Icon.
constexpr std::array<const char *, iconCount> files = {
    "accepted", "audit",   "busy",     "cache",    "calendar", "canary", "check",    "clip",     "close",
    "columns",  "copy",    "database", "demo",     "doctor",   "down",   "expired",  "expiring", "export",
    "external", "eye",     "fail",     "file",     "filter",   "globe",  "guard",    "help",     "import",
    "info",     "key",     "keyboard", "latency",  "left",     "link",   "live",     "lock",     "mask",
    "more",     "ok",      "orphan",   "overview", "pause",    "play",   "plus",     "prune",    "refresh",
    "refused",  "revoked", "right",    "routes",   "seal",     "search", "sessions", "settings", "skip",
    "stop",     "undo",    "unlock",   "up",       "users",    "warn",   "you"};

/// The drawing in @p color: its placeholder black is replaced, which keeps holes and round ends as drawn.
QByteArray tinted(Icon icon, const QColor &color)
{
    QFile file(iconPath(icon));
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT_X(opened, "Icons", "a drawing is missing from the resources");
    return file.readAll().replace(QByteArrayLiteral("#000"), color.name().toLatin1());
}

/// Draws a themed icon at paint time, so that the theme's change needs nothing but a repaint.
class ThemedIconEngine final : public QIconEngine
{
public:
    ThemedIconEngine(const Theme &theme, Icon icon, ColorToken tint) : m_theme(theme), m_icon(icon), m_tint(tint) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State /*state*/) override
    {
        drawIcon(*painter, m_theme, m_icon, rect, tint(mode));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return scaledPixmap(size, mode, state, 1);
    }
    /// @p size is in device pixels, as QIcon asks for it.
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State /*state*/, qreal scale) override
    {
        const int logical = qRound(qMin(size.width(), size.height()) / scale);
        return iconPixmap(m_theme, m_icon, logical, tint(mode), scale);
    }
    [[nodiscard]] QIconEngine *clone() const override { return new ThemedIconEngine(m_theme, m_icon, m_tint); }

private:
    [[nodiscard]] ColorToken tint(QIcon::Mode mode) const
    {
        return mode == QIcon::Disabled ? ColorToken::Disabled : m_tint;
    }

    const Theme &m_theme;
    Icon m_icon;
    ColorToken m_tint;
};

} // namespace

QString iconPath(Icon icon)
{
    return QStringLiteral(":/rollcall/icons/%1.svg").arg(QLatin1String(files[static_cast<std::size_t>(icon)]));
}

QPixmap iconPixmap(const Theme &theme, Icon icon, int size, ColorToken tint, qreal devicePixelRatio)
{
    const QColor color = theme.color(tint);
    const QString key = QStringLiteral("rollcall-%1-%2-%3-%4")
                            .arg(static_cast<int>(icon))
                            .arg(size)
                            .arg(color.rgba(), 0, 16)
                            .arg(devicePixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) {
        return pixmap;
    }
    pixmap = QPixmap(qRound(size * devicePixelRatio), qRound(size * devicePixelRatio));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(tinted(icon, color)).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(devicePixelRatio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

void drawIcon(QPainter &painter, const Theme &theme, Icon icon, const QRect &rect, ColorToken tint)
{
    const int size = qMin(rect.width(), rect.height());
    const QPoint corner = rect.topLeft() + QPoint((rect.width() - size) / 2, (rect.height() - size) / 2);
    painter.drawPixmap(corner, iconPixmap(theme, icon, size, tint, painter.device()->devicePixelRatio()));
}

QIcon themedIcon(const Theme &theme, Icon icon, ColorToken tint)
{
    return QIcon(new ThemedIconEngine(theme, icon, tint)); // the icon owns its engine
}

QIcon applicationIcon()
{
    QIcon icon;
    for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        QSvgRenderer(size == 16 ? QStringLiteral(":/rollcall/icons/rollcall-16.svg")
                                : QStringLiteral(":/rollcall/icons/rollcall.svg"))
            .render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

} // namespace rollcall::common
