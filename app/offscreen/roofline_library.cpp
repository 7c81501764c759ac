// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/roofline_library.h"

#include "app/offscreen/roofline.h"
#include "engine/tables/output_file.h"
#include "views/library_application.h"
#include "views/picture.h"

#include <QBuffer>
#include <QImage>
#include <QSvgGenerator>

#include <string>
#include <string_view>

namespace {

using namespace kvprism;
using namespace kvprism::app;

QString drawn() {
    return QString::fromUtf8(views::drawnBy.data(), static_cast<qsizetype>(views::drawnBy.size()));
}

QByteArray svgOf(const tables::RooflineRequest& request) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(rooflineSize);
    svg.setViewBox(QRect(QPoint(), rooflineSize));
    svg.setTitle(QString::fromUtf8(request.title));
    svg.setDescription(drawn());
    QPainter painter(&svg);
    paintRoofline(painter, request);
    painter.end();
    return bytes;
}

QByteArray pngOf(const tables::RooflineRequest& request) {
    constexpr int scale = 2; // for print
    QImage image(rooflineSize * scale, QImage::Format_RGB32);
    image.setText(QStringLiteral("Description"), drawn());
    QPainter painter(&image);
    painter.scale(scale, scale);
    paintRoofline(painter, request);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

Status draw(const tables::RooflineRequest& request) {
    if (!(request.operationsPerSecond > 0 && request.bytesPerSecond > 0))
        return usageError("A roofline needs both of its ceilings.");
    views::LibraryApplication application;
    if (Status status = application.prepare(); !status)
        return status;
    const std::string path = request.output;
    const QByteArray picture = path.ends_with(".svg") ? svgOf(request) : pngOf(request);
    auto file = tables::OutputFile::create(path);
    if (!file)
        return file.error();
    const auto size = static_cast<std::size_t>(picture.size());
    if (std::fwrite(picture.constData(), 1, size, file->stream()) != size)
        return ioError("Writing " + path + " failed: is the disk full?");
    return file->commit();
}

} // namespace

int kvprism_draw_roofline(const tables::RooflineRequest* request, char* message, int messageSize) {
    const views::QuietQt quiet;
    return views::statusOf(draw(*request), message, messageSize);
}
