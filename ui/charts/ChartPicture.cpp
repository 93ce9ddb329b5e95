#include "ui/charts/ChartPicture.h"

#include <QBuffer>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>
#include <QWidget>

namespace rollcall::charts {

namespace {
constexpr int sharpness = 2;
} // namespace

QByteArray asPng(QWidget &widget, const QColor &ground)
{
    QImage image(widget.size() * sharpness, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(sharpness);
    image.fill(ground);
    widget.render(&image, {}, {}, QWidget::DrawChildren);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    return image.save(&buffer, "PNG") ? bytes : QByteArray();
}

QByteArray asSvg(QWidget &widget, const QColor &ground, const QString &title)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(widget.size());
    generator.setViewBox(widget.rect());
    generator.setTitle(title);
    QPainter painter;
    if (!painter.begin(&generator))
        return {};
    painter.fillRect(widget.rect(), ground);
    widget.render(&painter, {}, {}, QWidget::DrawChildren);
    painter.end();
    return bytes;
}

} // namespace rollcall::charts
