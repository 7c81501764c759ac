// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/lsh_ranks.h"

#include "views/controls.h"
#include "views/mark_cloud.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/plot_axes.h"
#include "views/score_words.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

QStringList hashedLines(const LshStep& step, const HashedToken& token) {
    const QString all = grouped(static_cast<qint64>(step.byFrequency().size()));
    QString frequency =
        LshRanks::tr("frequency rank %1 of %2 · %3 of %4 tables collide")
            .arg(grouped(token.frequencyRank), all, grouped(token.collisions), grouped(step.tables()));
    if (token.distance)
        frequency += LshRanks::tr(" · distance %1").arg(scoreText(static_cast<double>(*token.distance)));
    return {frequency, LshRanks::tr("MagicPIG rank %1 of %2 · u %3")
                           .arg(grouped(token.magicpigRank), all, scoreText(static_cast<double>(token.u)))};
}

LshRanks::LshRanks(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::MinimumExpanding);
    setAccessibleName(tr("Frequency rank beside MagicPIG's u"));
    const auto repaint = [this] { update(); };
    connect(m_navigator, &Navigator::hoverChanged, this, repaint);
    connect(m_navigator, &Navigator::lockChanged, this, repaint);
}

void LshRanks::setStep(const LshStep* step) {
    m_step = step;
    std::vector<float> values;
    if (step)
        for (const HashedToken& token : step->candidates())
            values.push_back(token.u);
    m_scale = ScoreScale(values, true);
    m_stale = true;
    update();
}

QRectF LshRanks::area() const {
    const QFontMetrics metrics(numberFont(TextSize::small));
    const int left = metrics.horizontalAdvance(QStringLiteral("0.0001")) + 2 * grid;
    return QRectF(rect()).adjusted(left, grid, -grid - grid / 2.0, -metrics.height() - grid);
}

QPointF LshRanks::markOf(const HashedToken& token) const {
    const QRectF at = area();
    return {at.left() + (token.frequencyRank - 0.5) / std::max(ranks(), 1) * at.width(),
            at.bottom() - m_scale.at(static_cast<double>(token.u)) * at.height()};
}

std::optional<int> LshRanks::tokenAt(const QPoint& point) const {
    if (ranks() == 0 || !area().adjusted(-grid, -grid, grid, grid).contains(point))
        return std::nullopt;
    const auto markAt = [&](std::size_t index) { return markOf(ranked(static_cast<int>(index) + 1)); };
    const auto index = nearestMark(static_cast<std::size_t>(ranks()), markAt, point);
    if (!index)
        return std::nullopt;
    return ranked(static_cast<int>(*index) + 1).token;
}

QString LshRanks::legendSentence() const {
    if (m_marks == 0 || m_marks >= ranks())
        return {};
    return tr("%1 marks, as tokens on one spot share one").arg(grouped(m_marks));
}

void LshRanks::repaintPicture() {
    const double ratio = pixelRatio(*this);
    m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    QPainter painter(&m_picture);
    paintAll(painter);
}

void LshRanks::paintAll(QPainter& painter) {
    painter.fillRect(rect(), shadesOf(palette()).panel);
    m_stale = false;
    m_marks = 0;
    if (ranks() == 0)
        return;
    const QRectF at = area();
    drawHeights(painter, at, m_scale, palette());
    drawNumbers(painter, at, 0.5, ranks() + 0.5, palette());
    const auto looks = markLooks(palette(), m_model->run()->selectors.size());
    std::vector<CloudMark> marks;
    for (const HashedToken& token : m_step->candidates())
        marks.push_back({markOf(token), std::min(token.outcome, looks.size() - 1)});
    m_marks = drawMarks(painter, at, marks, looks, markRadius(at, marks.size()));
    Q_EMIT drawn();
}

void LshRanks::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    if (inPicture(*this)) {
        paintAll(painter);
    } else {
        if (m_stale || m_picture.deviceIndependentSize().toSize() != size())
            repaintPicture();
        painter.drawPixmap(0, 0, m_picture);
    }
    if (hasFocus())
        painter.fillRect(0, 0, 2, height(), shades.accent);
    if (ranks() == 0)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const auto mark = [&](int token, const QColor& colour, double width) {
        const auto index = m_step->find(token);
        if (!index)
            return;
        painter.setPen(QPen(colour, width));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(markOf(m_step->candidates()[*index]), 6, 6);
    };
    for (const int token : m_navigator->locked())
        mark(token, shades.accent, 2);
    const auto hovered = m_navigator->hover();
    if (hovered)
        mark(*hovered, shades.text, 1.5);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (const auto index = m_pointer && hovered ? m_step->find(*hovered) : std::nullopt)
        drawHoverLabel(painter, *m_pointer, rect(),
                       QStringList{tokenName(*m_model, *hovered)} +
                           hashedLines(*m_step, m_step->candidates()[*index]),
                       palette());
}

void LshRanks::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        m_stale = true;
        update();
    }
    QWidget::changeEvent(event);
}

void LshRanks::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    m_navigator->setHover(tokenAt(event->pos()));
    update();
}

void LshRanks::mousePressEvent(QMouseEvent* event) {
    const auto token = tokenAt(event->pos());
    if (event->button() != Qt::LeftButton || !token) {
        event->ignore();
        return;
    }
    m_navigator->lock(*token, event->modifiers().testFlag(Qt::ShiftModifier));
    m_navigator->reveal(*token);
}

void LshRanks::leaveEvent(QEvent*) {
    m_pointer.reset();
    m_navigator->setHover(std::nullopt);
    update();
}

void LshRanks::moveTo(int rank) {
    if (ranks() == 0)
        return;
    const int token = ranked(std::clamp(rank, 1, ranks())).token;
    m_navigator->lock(token, false);
    m_navigator->reveal(token);
}

bool LshRanks::event(QEvent* event) {
    return claimWalkingKeys(event) || QWidget::event(event);
}

void LshRanks::keyPressEvent(QKeyEvent* event) {
    const auto token = m_navigator->effectiveToken();
    const auto index = token && m_step ? m_step->find(*token) : std::nullopt;
    const int rank = index ? m_step->candidates()[*index].frequencyRank : 0;
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(rank - 1);
        break;
    case Qt::Key_Right:
        moveTo(rank + 1);
        break;
    case Qt::Key_Home:
        moveTo(1);
        break;
    case Qt::Key_End:
        moveTo(ranks());
        break;
    case Qt::Key_Escape:
        m_navigator->clearLock();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
