// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/navigator.h"
#include "views/models/needles.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"
#include "views/token_map.h"

#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QPixmap>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

// 1, 2 or 5 times a power of ten, not below `least`.
double niceStep(double least) {
    const double power = std::pow(10, std::floor(std::log10(std::max(least, 1.0))));
    for (const double factor : {1.0, 2.0, 5.0, 10.0})
        if (power * factor >= least)
            return power * factor;
    return power * 10;
}

} // namespace

void TokenMap::rebuild() {
    const QRect map = m_areas.map;
    MapRaster raster;
    const int lines = static_cast<int>(std::lround(map.height() * pixelRatio(*this)));
    // Where steps are more than lines, a line shows the last of its steps.
    for (int line = 0; line < lines; ++line) {
        const auto last = (static_cast<std::int64_t>(line) + 1) * rows() - 1;
        raster.stepOfLine.push_back(static_cast<int>(last / lines));
    }
    raster.gaps = lines >= 5 * rows();
    raster.ground = shadesOf(palette()).panel.rgb();
    m_image = QImage(); // the next one takes its place in memory
    m_image = drawMap(m_axis, raster);
    m_image.setDevicePixelRatio(pixelRatio(*this));
    m_stale = false;
    m_frameStale = true;
}

QRegion TokenMap::frameRegion() const {
    return QRegion(rect()) - m_areas.map;
}

// All around the cells that neither the pointer nor the selection changes, kept as a picture: hovering must
// cost nothing.
void TokenMap::repaintFrame() {
    const double ratio = pixelRatio(*this);
    const QSize pixels = (QSizeF(size()) * ratio).toSize();
    if (m_frame.size() != pixels)
        m_frame = QPixmap(pixels);
    m_frame.setDevicePixelRatio(ratio);
    QPainter painter(&m_frame);
    painter.setClipRegion(frameRegion());
    paintFrame(painter);
    m_frameStep = m_navigator->step();
    m_frameStale = false;
}

void TokenMap::paintFrame(QPainter& painter) {
    painter.fillRect(rect(), shadesOf(palette()).panel);
    paintProfile(painter, m_areas.profile);
    paintSteps(painter);
    paintSide(painter, m_areas.side);
    paintTitles(painter);
    paintTicks(painter);
    paintNeedles(painter);
    paintOverview(painter);
    paintLegend(painter);
}

// The frame and the cells.
void TokenMap::layDown(QPainter& painter, const QRegion& exposed) const {
    const double ratio = pixelRatio(*this);
    if (ratio != std::floor(ratio)) { // they may leave a pixel between them
        painter.fillRect(rect(), shadesOf(palette()).panel);
        for (const QRect& part : frameRegion())
            painter.drawPixmap(QRectF(part), m_frame, QRectF(part.topLeft() * ratio, part.size() * ratio));
        painter.drawImage(m_areas.map.topLeft(), m_image);
        return;
    }
    // A rectangle at a time: under a clip of several Qt does not copy, and shares the work out among threads
    // for which it then waits.
    for (const QRect& part : exposed& frameRegion()) {
        painter.setClipRect(part);
        painter.drawPixmap(0, 0, m_frame);
    }
    for (const QRect& part : exposed& m_areas.map) {
        painter.setClipRect(part);
        painter.drawImage(m_areas.map.topLeft(), m_image);
    }
    painter.setClipping(false);
}

void TokenMap::paintEvent(QPaintEvent* event) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    if (const QString missing = emptySentence(); !missing.isEmpty()) {
        painter.fillRect(rect(), shades.panel);
        painter.setFont(textFont(TextSize::normal));
        painter.setPen(shades.quietText);
        painter.drawText(rect().adjusted(2 * grid, 0, -2 * grid, 0), Qt::AlignCenter | Qt::TextWordWrap,
                         missing);
        return;
    }
    if (m_stale)
        rebuild();
    const bool picture = inPicture(*this);
    if (picture) {
        paintFrame(painter);
        painter.drawImage(m_areas.map.topLeft(), m_image);
    } else {
        if (m_frameStale || m_frameStep != m_navigator->step() ||
            m_frame.deviceIndependentSize().toSize() != size())
            repaintFrame();
        layDown(painter, event->region());
    }
    paintStepLines(painter);
    paintSelection(painter);
    paintNotes(painter);
    if (picture)
        return;
    if (hasFocus())
        painter.fillRect(0, 0, width(), 2, shades.accent);
    paintHover(painter);
}

QString TokenMap::emptySentence() const {
    return m_model->tokenCount() == 0 ? tr("Open a recording, or ask a question of a document.") : QString();
}

QString TokenMap::note() const {
    return {};
}

// On ground of its own; nothing where it has no room.
void TokenMap::paintNotes(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    painter.setFont(textFont(TextSize::normal));
    const auto lay = [&](const QRect& area, const QString& words, bool central) {
        const int widest = std::min(area.width() - 6 * grid, 64 * painter.fontMetrics().averageCharWidth());
        const QRect text = painter.fontMetrics().boundingRect(QRect(0, 0, widest, area.height()),
                                                              Qt::AlignCenter | Qt::TextWordWrap, words);
        const QRect box(QPoint(), text.size() + QSize(4 * grid, grid + grid / 2));
        if (words.isEmpty() || widest <= 0 || box.height() > area.height() || box.width() > area.width())
            return;
        const QPoint corner = area.topRight() + QPoint(-grid, grid) - box.topRight();
        const QRect at = box.translated(central ? area.center() - box.center() : corner);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(shades.rule);
        painter.setBrush(shades.raised);
        painter.drawRoundedRect(QRectF(at).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(shades.text);
        painter.drawText(at.adjusted(grid, 0, -grid, 0), Qt::AlignCenter | Qt::TextWordWrap, words);
    };
    if (const auto covered = m_model->curtain())
        lay(m_areas.map.adjusted(0, static_cast<int>(rowTop(*covered)) - m_areas.map.top(), 0, 0),
            tr("From step %1 on, covered until the question of the quiz is answered").arg(grouped(*covered)),
            true);
    else
        lay(m_areas.map, note(), false); // where nothing is read yet
}

void TokenMap::paintTitles(QPainter& painter) const {
    const Areas& at = m_areas;
    painter.setFont(textFont(TextSize::small));
    painter.setPen(shadesOf(palette()).quietText);
    painter.drawText(QRect(0, at.profile.top(), at.profile.left() - grid, at.profile.height()),
                     Qt::AlignRight | Qt::AlignBottom, profileTitle());
    if (!m_fit->isVisible())
        painter.drawText(QRect(at.side.left(), at.profile.top(), at.side.width(), at.profile.height()),
                         Qt::AlignLeft | Qt::AlignBottom, sideTitle());
}

void TokenMap::paintSteps(QPainter& painter) const {
    const Areas& at = m_areas;
    const Shades& shades = shadesOf(palette());
    const QFont normal = numberFont(TextSize::small);
    const QFont strong = numberFont(TextSize::small, QFont::Bold);
    const int line = QFontMetrics(normal).height();
    const double row = static_cast<double>(at.map.height()) / rows();
    const int every = static_cast<int>(niceStep((line + 2) / row));
    const auto label = [&](int step, const QFont& font, const QColor& colour) {
        const int middle = static_cast<int>((rowTop(step) + rowTop(step + 1)) / 2);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(QRect(0, middle - line / 2, at.steps.width() - grid, line),
                         Qt::AlignRight | Qt::AlignVCenter, grouped(step));
    };
    const int current = m_navigator->step();
    for (int step = 0; step < rows(); step += every)
        if (current < 0 || std::abs(step - current) * row >= line)
            label(step, normal, shades.quietText);
    if (current < 0 || current >= m_model->stepCount())
        return;
    label(current, strong, shades.accent);
}

QRect TokenMap::wordsBeside(int step, const QRect& side, int line) const {
    const int middle = static_cast<int>((rowTop(step) + rowTop(step + 1)) / 2);
    const int lowest = std::max(side.top(), side.bottom() + 1 - line);
    return {side.left() + 4, std::clamp(middle - line / 2, side.top(), lowest), side.width() - 8, line};
}

// Where the two lines around a step stand.
std::pair<double, double> TokenMap::stepLines(int step) const {
    const double top = rowTop(step);
    return {std::floor(top) - 0.5, std::floor(std::max(rowTop(step + 1), top + 2)) - 0.5};
}

void TokenMap::paintStepLines(QPainter& painter) const {
    const int current = m_navigator->step();
    if (current < 0 || current >= m_model->stepCount())
        return;
    painter.setPen(QPen(shadesOf(palette()).accent, 1));
    const auto [top, bottom] = stepLines(current);
    for (const double y : {top, bottom})
        painter.drawLine(QPointF(m_areas.map.left() - 4, y), QPointF(m_areas.side.right(), y));
}

void TokenMap::updateStep() {
    QRegion changed = frameRegion();
    for (const int step : {m_frameStep, m_navigator->step()}) {
        const auto [top, bottom] = stepLines(std::max(step, 0));
        changed += QRectF(0, top - 2, width(), bottom - top + 4).toAlignedRect();
    }
    update(changed);
    updateHover();
}

// What the pointer alone changes: the lines through it and its label.
QRegion TokenMap::hoverRegion() const {
    const Areas& at = m_areas;
    QRegion region;
    if (const auto token = m_navigator->hover()) {
        const double ratio = pixelRatio(*this);
        const double x = at.map.left() + (axis().xOf(*token) + axis().xOf(*token + 1)) / 2 / ratio;
        region += QRectF(x - 2, 0, 4, height()).toAlignedRect();
    }
    if (!m_pointer)
        return region;
    region += QRect(0, m_pointer->y() - 1, width(), 3);
    if (const QStringList lines = labelLines(); !lines.isEmpty())
        region += hoverLabelRect(*m_pointer, rect(), lines).adjusted(-2, -2, 2, 2);
    return region;
}

void TokenMap::updateHover() {
    const QRegion now = m_model->tokenCount() > 0 ? hoverRegion() : QRegion(rect());
    update(m_hoverRegion + now);
    m_hoverRegion = now;
}

void TokenMap::paintTicks(QPainter& painter) const {
    const Areas& at = m_areas;
    const Shades& shades = shadesOf(palette());
    const QFont font = numberFont(TextSize::small);
    const QFontMetrics metrics(font);
    const double perPixel = axis().tokensPerPixel() * pixelRatio(*this);
    const int room = metrics.horizontalAdvance(grouped(m_model->tokenCount())) + 4 * grid;
    const double every = niceStep(room * perPixel);
    painter.setFont(font);
    for (double token = std::ceil(axis().first() / every) * every; token < axis().first() + axis().shown();
         token += every) {
        const double x = at.ticks.left() + axis().xOf(token) / pixelRatio(*this);
        painter.setPen(shades.rule);
        painter.drawLine(QPointF(x, at.ticks.top() + 1), QPointF(x, at.ticks.top() + 4));
        const QString label = grouped(static_cast<qint64>(token));
        const int width = metrics.horizontalAdvance(label);
        if (x + width / 2.0 > at.ticks.right() + grid)
            continue;
        painter.setPen(shades.quietText);
        painter.drawText(QPointF(std::max(x - width / 2.0, double(at.ticks.left())),
                                 at.ticks.top() + 5 + metrics.ascent()),
                         label);
    }
    painter.setFont(textFont(TextSize::small));
    painter.setPen(shades.quietText);
    painter.drawText(QRect(0, at.ticks.top(), at.ticks.left() - grid, at.ticks.height()),
                     Qt::AlignRight | Qt::AlignVCenter, tr("token"));
}

// The timeline's diamond, and as wide a line as the needle is.
void TokenMap::paintNeedles(QPainter& painter) const {
    if (!m_needles)
        return;
    const QRect& at = m_areas.ticks;
    const QColor ink = shadesOf(palette()).text;
    const auto xOf = [&](int token) { return at.left() + axis().xOf(token) / pixelRatio(*this); };
    painter.save();
    painter.setClipRect(at.adjusted(-4, 0, 4, 0), Qt::IntersectClip);
    for (const Needles::Range& needle : m_needles->ranges()) {
        const QRectF line(QPointF(xOf(needle.first), at.top() + 3.0),
                          QPointF(xOf(needle.last + 1), at.top() + 5.0));
        if (line.right() < at.left() || line.left() > at.right())
            continue;
        painter.fillRect(line, ink);
        drawNeedle(painter, QPointF(line.center().x(), line.center().y()), 4, ink);
    }
    painter.restore();
}

void TokenMap::paintOverview(QPainter& painter) {
    const Areas& at = m_areas;
    if (axis().showsAll() || at.overview.isEmpty())
        return;
    const Shades& shades = shadesOf(palette());
    MapRaster raster;
    raster.stepOfLine.assign(static_cast<std::size_t>(std::lround(at.overview.height() * pixelRatio(*this))),
                             m_navigator->step());
    raster.ground = shades.panel.rgb();
    TokenAxis whole = m_axis;
    whole.showAll();
    QImage image = drawMap(whole, raster);
    image.setDevicePixelRatio(pixelRatio(*this));
    painter.drawImage(at.overview.topLeft(), image);
    const double scale = at.overview.width() / std::max(1.0, double(m_model->tokenCount()));
    QRectF shown(at.overview.left() + axis().first() * scale, at.overview.top() - 2, axis().shown() * scale,
                 at.overview.height() + 4);
    if (shown.width() < 6)
        shown.adjust(-3, 0, 3, 0);
    painter.fillRect(QRectF(at.overview.left(), at.overview.top(), shown.left() - at.overview.left(),
                            at.overview.height()),
                     withAlpha(shades.panel, 0.55));
    painter.fillRect(QRectF(shown.right(), at.overview.top(), at.overview.right() + 1 - shown.right(),
                            at.overview.height()),
                     withAlpha(shades.panel, 0.55));
    painter.setPen(QPen(shades.accent, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(shown.adjusted(0.5, 0.5, -0.5, -0.5));
}

void TokenMap::paintSelection(QPainter& painter) const {
    const Areas& at = m_areas;
    const Shades& shades = shadesOf(palette());
    const double ratio = pixelRatio(*this);
    const auto xOf = [&](double token) { return at.map.left() + axis().xOf(token) / ratio; };
    const int top = at.profile.top();
    const int bottom = at.map.bottom() + 1;
    painter.save();
    painter.setClipRect(QRect(at.map.left(), top - 2, at.map.width(), bottom - top + 2));
    if (const auto range = m_navigator->range()) {
        const QRectF band(QPointF(xOf(range->first), top), QPointF(xOf(range->last + 1), bottom));
        painter.fillRect(band, withAlpha(shades.accent, 0.16));
        painter.setPen(QPen(shades.accent, 1));
        painter.drawLine(band.topLeft(), band.bottomLeft());
        painter.drawLine(band.topRight(), band.bottomRight());
    }
    painter.setRenderHint(QPainter::Antialiasing);
    for (const int token : m_navigator->locked()) {
        const double x = (xOf(token) + xOf(token + 1)) / 2;
        painter.setPen(QPen(shades.accent, 1.5));
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
        painter.setPen(Qt::NoPen);
        painter.setBrush(shades.accent);
        painter.drawPolygon(QPolygonF{QPointF(x - 4, top - 1), QPointF(x + 4, top - 1), QPointF(x, top + 5)});
    }
    for (const int token : m_navigator->pointed()) {
        const double x = (xOf(token) + xOf(token + 1)) / 2;
        painter.setPen(QPen(shades.accent, 1.5, Qt::DotLine));
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
    }
    if (const auto token = m_navigator->hover()) {
        const double x = std::floor((xOf(*token) + xOf(*token + 1)) / 2) + 0.5;
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(withAlpha(shades.text, 0.75), 1));
        painter.drawLine(QPointF(x, top), QPointF(x, bottom));
        if (m_pointer && at.map.contains(*m_pointer))
            painter.drawLine(QPointF(at.map.left(), m_pointer->y() + 0.5),
                             QPointF(at.map.right(), m_pointer->y() + 0.5));
    }
    painter.restore();
}

QString TokenMap::legendSentence() const {
    const double tokens = axis().tokensPerPixel() * pixelRatio(*this);
    if (tokens <= 1)
        return tr("each token has its own columns");
    return aggregation(tr("%1 tokens a column").arg(QLocale().toString(tokens, 'f', tokens < 10 ? 1 : 0)));
}

void TokenMap::paintLegend(QPainter& painter) const {
    drawLegend(painter, m_areas.keys, legendKeys(), palette());
    painter.setFont(textFont(TextSize::small));
    painter.setPen(shadesOf(palette()).quietText);
    const bool beside = m_areas.sentence == m_areas.keys;
    painter.drawText(
        m_areas.sentence, (beside ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(legendSentence(), Qt::ElideRight, m_areas.sentence.width()));
}

QStringList TokenMap::labelLines() const {
    const Areas& at = m_areas;
    if (!m_pointer || m_drag != Drag::none || m_model->tokenCount() == 0 ||
        !at.map.adjusted(0, at.profile.top() - at.map.top(), 0, 0).contains(*m_pointer))
        return {};
    const int step = at.map.contains(*m_pointer) ? stepAt(*m_pointer) : m_navigator->step();
    return hoverLines(tokenAt(*m_pointer), step);
}

void TokenMap::paintHover(QPainter& painter) const {
    if (const QStringList lines = labelLines(); !lines.isEmpty())
        drawHoverLabel(painter, *m_pointer, rect(), lines, palette());
}

} // namespace kvprism::views
