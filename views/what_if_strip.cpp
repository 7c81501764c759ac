// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/what_if_strip.h"

#include "views/models/navigator.h"
#include "views/models/survival_tiles.h"
#include "views/painting.h"
#include "views/style.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

namespace {

constexpr int reach = 3; // pixels around the pointer

} // namespace

WhatIfStrip::WhatIfStrip(Navigator* navigator, QWidget* parent) : QWidget(parent), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Kept and predicted over the document"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMaximumHeight(24 * grid);
}

void WhatIfStrip::setSteps(const trace::CompressionStep& recorded, const trace::CompressionStep& predicted) {
    m_end = recorded.end.value;
    m_tokens.clear();
    m_changed.clear();
    for (std::size_t row = 0; row < recorded.held.size() && row < predicted.held.size(); ++row) {
        const Token token{recorded.held.positions[row].value, recorded.held.tiers[row],
                          predicted.held.tiers[row]};
        m_tokens.push_back(token);
        if ((token.recorded == Tier::dropped) != (token.predicted == Tier::dropped))
            m_changed.push_back(token.position);
    }
    m_cursor = -1;
    setAccessibleDescription(tr("%1 tokens change").arg(grouped(std::ssize(m_changed))));
    gather();
}

void WhatIfStrip::clear() {
    m_end = 0;
    m_tokens.clear();
    m_changed.clear();
    setAccessibleDescription({});
    gather();
}

WhatIfStrip::Areas WhatIfStrip::areas() const {
    const QFontMetrics small(numberFont(TextSize::small));
    const int names =
        grid + std::max({small.horizontalAdvance(tr("kept")), small.horizontalAdvance(tr("change")),
                         small.horizontalAdvance(tr("predicted"))});
    const int axis = small.height() + grid / 2;
    const int band = std::max((height() - axis - grid) / 3, 8);
    const QRect first(names, 0, std::max(width() - names, 1), band);
    return {first, first.translated(0, band + grid / 2), first.translated(0, 2 * band + grid),
            QRect(first.left(), height() - axis, first.width(), axis)};
}

int WhatIfStrip::pixelOf(int position) const {
    const auto width = static_cast<std::int64_t>(m_pixels.size());
    return static_cast<int>(std::clamp<std::int64_t>(position * width / std::max(m_end, 1), 0, width - 1));
}

QPoint WhatIfStrip::pointOf(int token) const {
    const QRect change = areas().change;
    return {change.left() + pixelOf(token), change.center().y()};
}

void WhatIfStrip::gather() {
    m_pixels.assign(static_cast<std::size_t>(std::max(areas().recorded.width(), 1)), {});
    // What is not held any more was dropped before: it is part of what a pixel stands for.
    const auto width = static_cast<std::int64_t>(m_pixels.size());
    for (std::int64_t pixel = 0; pixel < width && m_end > 0; ++pixel) {
        const auto first = (pixel * m_end + width - 1) / width;
        const auto end = ((pixel + 1) * m_end + width - 1) / width;
        Pixel& at = m_pixels[static_cast<std::size_t>(pixel)];
        at.recorded.byTier[0] = at.predicted.byTier[0] = static_cast<int>(end - first);
    }
    for (const Token& token : m_tokens) {
        Pixel& at = m_pixels[static_cast<std::size_t>(pixelOf(token.position))];
        const auto move = [](TierCounts& counts, Tier tier) {
            --counts.byTier[0];
            ++counts.byTier[static_cast<std::size_t>(tier)];
        };
        move(at.recorded, token.recorded);
        move(at.predicted, token.predicted);
        at.gained += token.recorded == Tier::dropped && token.predicted != Tier::dropped;
        at.lost += token.recorded != Tier::dropped && token.predicted == Tier::dropped;
    }
    update();
}

std::vector<int> WhatIfStrip::changedAt(int x) const {
    std::vector<int> tokens;
    const int pixel = x - areas().recorded.left();
    for (const int token : m_changed)
        if (std::abs(pixelOf(token) - pixel) <= reach)
            tokens.push_back(token);
    return tokens;
}

QStringList WhatIfStrip::linesAt(int x) const {
    const auto width = static_cast<int>(m_pixels.size());
    const int pixel = x - areas().recorded.left();
    if (m_end == 0 || pixel < 0 || pixel >= width)
        return {};
    Pixel sum;
    const int first = std::max(pixel - reach, 0), last = std::min(pixel + reach, width - 1);
    for (int i = first; i <= last; ++i) {
        const Pixel& at = m_pixels[static_cast<std::size_t>(i)];
        sum.gained += at.gained;
        sum.lost += at.lost;
        for (std::size_t tier = 0; tier < at.recorded.byTier.size(); ++tier) {
            sum.recorded.byTier[tier] += at.recorded.byTier[tier];
            sum.predicted.byTier[tier] += at.predicted.byTier[tier];
        }
    }
    const auto begin = static_cast<std::int64_t>(first) * m_end / width;
    const auto end = (static_cast<std::int64_t>(last) + 1) * m_end / width;
    return {tr("Around %1 – %2").arg(grouped(begin), grouped(std::max(end - 1, begin))),
            tr("kept %1 · predicted %2").arg(grouped(sum.recorded.kept()), grouped(sum.predicted.kept())),
            tr("also kept %1 · dropped instead %2").arg(grouped(sum.gained), grouped(sum.lost))};
}

void WhatIfStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Shades& shades = shadesOf(palette());
    painter.fillRect(rect(), shades.panel);
    if (m_end == 0)
        return;
    const Areas at = areas();
    paintBand(painter, at.recorded, &Pixel::recorded);
    paintChange(painter, at.change);
    paintBand(painter, at.predicted, &Pixel::predicted);
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    const auto name = [&](const QRect& band, const QString& words) {
        painter.drawText(QRect(0, band.top(), band.left() - grid, band.height()), Qt::AlignVCenter, words);
    };
    name(at.recorded, tr("kept"));
    name(at.change, tr("change"));
    name(at.predicted, tr("predicted"));
    painter.drawText(at.axis, Qt::AlignLeft | Qt::AlignBottom, QStringLiteral("0"));
    painter.drawText(at.axis, Qt::AlignRight | Qt::AlignBottom, grouped(m_end - 1));
    const auto token = m_navigator->effectiveToken();
    if (token && *token < m_end)
        painter.fillRect(QRect(at.recorded.left() + pixelOf(*token), 0, 1, at.predicted.bottom() + 1),
                         shades.accent);
    if (hasFocus()) {
        painter.setPen(shades.accent);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
    if (m_pointer)
        if (const QStringList lines = linesAt(m_pointer->x()); !lines.isEmpty())
            drawHoverLabel(painter, *m_pointer, rect(), lines, palette());
}

// The most frequent kept tier of a pixel, as strong as the share of its tokens that is kept.
void WhatIfStrip::paintBand(QPainter& painter, const QRect& rect, TierCounts Pixel::*counts) const {
    const qreal ratio = devicePixelRatioF();
    std::array<QBrush, 5> brushes;
    for (std::size_t tier = 0; tier < brushes.size(); ++tier)
        brushes[tier] = tierBrush(static_cast<Tier>(tier), palette(), ratio);
    painter.fillRect(rect, brushes[0]);
    for (std::size_t pixel = 0; pixel < m_pixels.size(); ++pixel) {
        const Cell cell = cellOf(m_pixels[pixel].*counts);
        if (cell.kind == Cell::Kind::dropped || cell.kind == Cell::Kind::unread)
            continue;
        painter.setOpacity(0.25 + 0.75 * cell.share / 255.0);
        painter.fillRect(QRect(rect.left() + static_cast<int>(pixel), rect.top(), 1, rect.height()),
                         brushes[static_cast<std::size_t>(cell.kind)]);
    }
    painter.setOpacity(1);
}

void WhatIfStrip::paintChange(QPainter& painter, const QRect& rect) const {
    const Shades& shades = shadesOf(palette());
    int most = 1;
    for (const Pixel& pixel : m_pixels)
        most = std::max({most, pixel.gained, pixel.lost});
    const int middle = rect.center().y(), half = rect.height() / 2;
    painter.fillRect(QRect(rect.left(), middle, rect.width(), 1), shades.rule);
    for (std::size_t i = 0; i < m_pixels.size(); ++i) {
        const int x = rect.left() + static_cast<int>(i);
        // One token must be seen among many: heights begin at a quarter.
        const auto high = [&](int count) {
            return count == 0 ? 0 : half / 4 + (half - half / 4) * count / most;
        };
        const int up = high(m_pixels[i].gained), down = high(m_pixels[i].lost);
        painter.fillRect(QRect(x, middle - up, 1, up), shades.text);
        painter.fillRect(QRect(x, middle + 1, 1, down), shades.quietText);
    }
}

void WhatIfStrip::move(int by) {
    if (m_changed.empty())
        return;
    const int last = static_cast<int>(m_changed.size()) - 1;
    m_cursor = m_cursor < 0 ? (by > 0 ? 0 : last) : std::clamp(m_cursor + by, 0, last);
    m_navigator->setHover(m_changed[static_cast<std::size_t>(m_cursor)]);
    update();
}

bool WhatIfStrip::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End) {
            event->accept();
            return true;
        }
    }
    return QWidget::event(event);
}

void WhatIfStrip::resizeEvent(QResizeEvent*) {
    gather();
}

void WhatIfStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        m_navigator->lockAll(changedAt(event->pos().x()), event->modifiers().testFlag(Qt::ShiftModifier));
}

void WhatIfStrip::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    const auto tokens = changedAt(m_pointer->x());
    m_navigator->setHover(tokens.empty() ? std::nullopt : std::optional(tokens[tokens.size() / 2]));
    update();
}

void WhatIfStrip::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    update();
}

void WhatIfStrip::keyPressEvent(QKeyEvent* event) {
    const int all = static_cast<int>(m_changed.size());
    switch (event->key()) {
    case Qt::Key_Left:
        move(-1);
        break;
    case Qt::Key_Right:
        move(1);
        break;
    case Qt::Key_Home:
        move(-all);
        break;
    case Qt::Key_End:
        move(all);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_cursor >= 0 && m_cursor < all)
            m_navigator->lock(m_changed[static_cast<std::size_t>(m_cursor)],
                              event->modifiers().testFlag(Qt::ShiftModifier));
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
