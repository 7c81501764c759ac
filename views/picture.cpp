// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/picture.h"

#include "engine/tables/picture_request.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/picture_host.h"
#include "views/picture_page.h"
#include "views/plot.h"
#include "views/svg_device.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImage>
#include <QScrollBar>

#include <cmath>

namespace kvprism::views {

namespace {

constexpr double unitsPerMetre = 96 / 0.0254;

// A widget and what stands in it, by their own painting; plots by lines instead of their pixels.
void paintTree(QCPPainter& painter, QWidget& widget, const QPoint& at, const QRect& bounds) {
    const QRect area = QRect(at, widget.size()) & bounds;
    if (area.isEmpty() || qobject_cast<QScrollBar*>(&widget))
        return;
    if (auto* plot = qobject_cast<QCustomPlot*>(&widget)) {
        painter.save();
        painter.translate(at);
        plot->toPainter(&painter, plot->width(), plot->height());
        painter.restore();
    } else { // a clip of the painter's would move with the widget; the region stays
        widget.render(&painter, area.topLeft(), QRegion(area.translated(-at)), QWidget::RenderFlags());
    }
    for (QObject* child : widget.children())
        if (auto* part = qobject_cast<QWidget*>(child); part && !part->isWindow() && part->isVisible())
            paintTree(painter, *part, at + part->pos(), area);
}

// Where the navigator stands, without what the pointer does.
void follow(Navigator& own, const TraceModel& model, const Navigator& shown) {
    own.setExtent(model.stepCount(), model.tokenCount());
    own.setStep(shown.step());
    const int last = shown.locked().empty() ? -1 : shown.effectiveToken().value_or(-1);
    for (const int token : shown.locked())
        if (token != last)
            own.lock(token, true);
    if (last >= 0)
        own.lock(last, true);
    own.setRange(shown.range());
}

// The page with its view, arranged; lives as long as it is painted.
class Sheet {
  public:
    Sheet(TraceModel& model, const Navigator& shown, const DrawableView& view, const ViewExport& what)
        : m_host(what.scale), m_scene{&model, &m_navigator, what.comparison, what.needles},
          m_palette(paletteFor(what.scheme)) {
        follow(m_navigator, model, shown);
        m_host.setPalette(m_palette);
        m_host.setFont(textFont(TextSize::normal));
        m_view = view.make(m_scene, &m_host);
        for (auto* area : m_host.findChildren<QAbstractScrollArea*>())
            area->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        const int width = what.width > 0 ? what.width : view.size.width();
        m_page = std::make_unique<PicturePage>(m_scene, view, width, m_palette);
        arrange(view, width, what);
    }

    QSize size() const { return m_size; }
    const PicturePage& page() const { return *m_page; }
    // Nothing: all is well.
    Status fits() const {
        if (m_lacking > 0)
            return usageError("The picture's height leaves the view no room below its title and above its "
                              "legend: make it at least " +
                              std::to_string(m_size.height() + m_lacking) + ".");
        return {};
    }

    void paint(QCPPainter& painter) {
        painter.fillRect(QRect(QPoint(), m_size), shadesOf(m_palette).panel);
        m_page->paintHead(painter);
        const QRect area(QPoint(0, m_page->headHeight()), m_view->size());
        paintTree(painter, *m_view, area.topLeft(), area);
        m_page->paintFoot(painter, m_size.height() - m_page->footHeight());
    }

  private:
    // The legend may say what of the view is shown, which its height decides; that takes a second look.
    void arrange(const DrawableView& view, int width, const ViewExport& what) {
        m_host.resize(width, view.size.height());
        m_view->resize(width, view.size.height());
        m_host.show(); // nowhere: see PictureHost
        settle();
        int height = view.size.height();
        for (int look = 0; look < 2; ++look) {
            const int around = m_page->headHeight() + m_page->footHeight();
            if (what.height > 0)
                height = what.height - around;
            const int room = std::max(height, 1);
            const int taken = view.fit ? view.fit(*m_view, m_navigator, room) : room;
            m_view->resize(width, taken);
            settle();
            if (view.legend)
                m_page->setLegend(view.legend(m_scene, *m_view, what.scale));
            const int least = std::max(m_view->minimumSizeHint().height(), 8 * grid);
            m_lacking = std::max(0, (what.height > 0 ? least : 1) - room);
            m_size = QSize(width, what.height > 0 ? what.height
                                                  : m_page->headHeight() + taken + m_page->footHeight());
        }
    }

    // Views learn some of their words from drawing and put off work to the next turn of the event loop, which
    // is not for us to take: only what waits for the view itself is done.
    void settle() {
        QImage scratch(1, 1, QImage::Format_RGB32);
        QCPPainter painter(&scratch);
        paintTree(painter, *m_view, QPoint(), QRect(QPoint(), m_view->size()));
        QCoreApplication::sendPostedEvents(m_view);
        for (QObject* part : m_view->findChildren<QObject*>())
            QCoreApplication::sendPostedEvents(part);
    }

    PictureFonts m_fonts; // before all that asks for fonts
    Navigator m_navigator;
    PictureHost m_host;
    PictureScene m_scene;
    QPalette m_palette;
    QWidget* m_view = nullptr;
    std::unique_ptr<PicturePage> m_page;
    QSize m_size;
    int m_lacking = 0; // units
};

Status checkPixels(const QSize& size, double scale) {
    if (size.width() * scale * size.height() * scale <= tables::mostPicturePixels)
        return {};
    return usageError("A picture of " + std::to_string(size.width()) + " × " + std::to_string(size.height()) +
                      " units at this scale has more than " +
                      std::to_string(static_cast<int>(tables::mostPicturePixels / 1e6)) +
                      " million pixels: make it smaller, or write an .svg.");
}

QString signature() {
    return QString::fromUtf8(drawnBy.data(), static_cast<qsizetype>(drawnBy.size())) +
           QStringLiteral(" " KVPRISM_VERSION);
}

} // namespace

Result<QByteArray> drawPng(TraceModel& model, const Navigator& navigator, const DrawableView& view,
                           const ViewExport& what) {
    Sheet sheet(model, navigator, view, what);
    if (const Status fits = sheet.fits(); !fits)
        return fits.error();
    if (const Status possible = checkPixels(sheet.size(), what.scale); !possible)
        return possible.error();
    const auto pixels = [&](int units) { return static_cast<int>(std::lround(units * what.scale)); };
    QImage image(pixels(sheet.size().width()), pixels(sheet.size().height()), QImage::Format_RGB32);
    if (image.isNull())
        return outOfMemory("There is not enough memory for a picture of this size: make it smaller.");
    image.setDevicePixelRatio(what.scale);
    image.fill(shadesOf(paletteFor(what.scheme)).panel);
    {
        QCPPainter painter(&image);
        sheet.paint(painter);
    }
    const int perMetre = static_cast<int>(std::lround(unitsPerMetre * what.scale));
    image.setDotsPerMeterX(perMetre);
    image.setDotsPerMeterY(perMetre);
    image.setText(QStringLiteral("Software"), signature());
    image.setText(QStringLiteral("Title"), sheet.page().title());
    image.setText(QStringLiteral("Description"), sheet.page().configuration());
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    if (!image.save(&buffer, "PNG"))
        return outOfMemory("The picture could not be packed as PNG: make it smaller.");
    return buffer.data();
}

Result<QByteArray> drawSvg(TraceModel& model, const Navigator& navigator, const DrawableView& view,
                           const ViewExport& what) {
    Sheet sheet(model, navigator, view, what);
    if (const Status fits = sheet.fits(); !fits)
        return fits.error();
    if (const Status possible = checkPixels(sheet.size(), what.scale); !possible)
        return possible.error();
    SvgDevice device(sheet.size(), sheet.page().title(), signature());
    {
        QCPPainter painter(&device);
        sheet.paint(painter);
    }
    return device.document();
}

} // namespace kvprism::views
