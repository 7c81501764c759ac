// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/divergence_strip.h"

#include "views/models/token_text.h"
#include "views/painting.h"
#include "views/style.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <numeric>

namespace kvprism::views {

namespace {

constexpr int plotHeight = 5 * grid;
constexpr int feet = 6;                // where differing likeliest tokens are marked
constexpr double widestBar = 2 * grid; // with its gap

double mean(const std::vector<float>& values) {
    return values.empty()
               ? 0
               : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

QString number(double value) {
    return QLocale().toString(value, 'f', value < 10 ? 3 : 1);
}

} // namespace

DivergenceStrip::DivergenceStrip(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Divergence from the dense run, token by token"));
    hide();
}

void DivergenceStrip::show(const trace::DenseReference& reference) {
    m_reference = reference;
    m_pointed.reset();
    setAccessibleDescription(summary(reference));
    setVisible(reference.size() > 0);
    update();
}

QString DivergenceStrip::summary(const trace::DenseReference& reference) {
    if (reference.size() == 0)
        return tr("With everything in memory it says nothing.");
    return tr("With everything in memory: “%1” – along that answer the run is %2.")
        .arg(QString::fromStdString(reference.text).simplified(), distance(reference));
}

QString DivergenceStrip::distance(const trace::DenseReference& reference) {
    const auto same = std::ranges::count(reference.sameLikeliest, 1);
    return tr("%1 nats a token away (KL divergence of the dense run from this one, mean), with the same "
              "likeliest token for %2 of %3")
        .arg(number(mean(reference.divergences)), grouped(same),
             grouped(static_cast<qint64>(reference.size())));
}

QString DivergenceStrip::tokenText(int token) const {
    const auto at = static_cast<std::size_t>(token);
    if (m_reference.textEnds.size() <= at)
        return tr("token %1").arg(grouped(token));
    const std::size_t begin = at == 0 ? 0 : m_reference.textEnds[at - 1];
    const std::string piece = m_reference.text.substr(begin, m_reference.textEnds[at] - begin);
    return QStringLiteral("“%1”").arg(withVisibleSpaces(QString::fromStdString(piece)));
}

QString DivergenceStrip::hint() const {
    if (!m_pointed)
        return {};
    const auto at = static_cast<std::size_t>(*m_pointed);
    return tr("%1: divergence %2 nats; −log probability %3 here, %4 with everything in memory; the likeliest "
              "token is %5")
        .arg(tokenText(*m_pointed), number(static_cast<double>(m_reference.divergences[at])),
             number(static_cast<double>(m_reference.losses[at])),
             number(static_cast<double>(m_reference.denseLosses[at])),
             m_reference.sameLikeliest[at] != 0 ? tr("the same") : tr("another"));
}

float DivergenceStrip::most() const {
    return m_scale > 0 || m_reference.size() == 0 ? m_scale : std::ranges::max(m_reference.divergences);
}

double DivergenceStrip::stepWidth() const {
    return std::min(widestBar, width() / std::max(1.0, static_cast<double>(m_reference.size())));
}

QSize DivergenceStrip::sizeHint() const {
    return {30 * grid, titleHeight() + plotHeight + feet + 2};
}

QSize DivergenceStrip::minimumSizeHint() const {
    return {10 * grid, sizeHint().height()};
}

int DivergenceStrip::titleHeight() const {
    return QFontMetrics(numberFont(TextSize::small)).height() + grid / 2;
}

QRectF DivergenceStrip::barOf(int token) const {
    const double step = stepWidth();
    const double gap = step > 4 ? 1 : 0;
    const float divergence = m_reference.divergences[static_cast<std::size_t>(token)];
    const double share = most() > 0 ? static_cast<double>(std::min(divergence / most(), 1.0F)) : 0;
    const double bottom = titleHeight() + plotHeight;
    const double tall = std::max(share * plotHeight, 1.0);
    return {token * step, bottom - tall, std::max(step - gap, 1.0), tall};
}

// What the bars and the marks below them mean.
void DivergenceStrip::paintTitle(QPainter& painter) const {
    const Shades& shades = shadesOf(palette());
    const QRect at(0, 0, width(), titleHeight() - grid / 2);
    painter.setFont(numberFont(TextSize::small));
    painter.setPen(shades.quietText);
    const QFontMetrics metrics = painter.fontMetrics();
    const QString scale = tr("up to %1 nats").arg(number(static_cast<double>(most())));
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, scale);
    const QString mark = tr("another likeliest token");
    const int x = metrics.horizontalAdvance(scale) + 3 * grid;
    if (x + 2 * grid + metrics.horizontalAdvance(mark) > at.width() ||
        std::ranges::count(m_reference.sameLikeliest, 0) == 0)
        return;
    painter.fillRect(QRect(x, at.center().y() - 1, grid, feet - 2), shades.text);
    painter.drawText(at.adjusted(x + 2 * grid, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, mark);
}

void DivergenceStrip::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    const int bottom = titleHeight() + plotHeight;
    const int right = static_cast<int>(stepWidth() * static_cast<double>(m_reference.size()));
    paintTitle(painter);
    painter.fillRect(QRect(0, titleHeight() - 1, right, 1), withAlpha(shades.rule, 0.6));
    painter.fillRect(QRect(0, bottom, right, 1), shades.rule);
    for (int token = 0; token < static_cast<int>(m_reference.size()); ++token) {
        const QRectF bar = barOf(token);
        painter.fillRect(bar,
                         token == m_pointed.value_or(-1) ? shades.accent : withAlpha(shades.quietText, 0.7));
        if (m_reference.sameLikeliest[static_cast<std::size_t>(token)] == 0)
            painter.fillRect(QRectF(bar.left(), bottom + 3, bar.width(), feet - 2), shades.text);
    }
    if (hasFocus())
        painter.fillRect(0, bottom + feet + 1, width(), 2, shades.accent);
}

void DivergenceStrip::point(std::optional<int> token) {
    if (token == m_pointed)
        return;
    m_pointed = token;
    update();
    if (!token)
        return QToolTip::hideText();
    const QPoint at = barOf(*token).center().toPoint();
    QToolTip::showText(mapToGlobal(QPoint(at.x(), height())), hint(), this);
}

// These keys move along it, also where a shortcut of the window wants them.
bool DivergenceStrip::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* press = static_cast<QKeyEvent*>(event);
        const int key = press->key();
        if (press->modifiers() == Qt::NoModifier && (key == Qt::Key_Left || key == Qt::Key_Right))
            event->accept();
    }
    return QWidget::event(event);
}

void DivergenceStrip::mouseMoveEvent(QMouseEvent* event) {
    const int tokens = static_cast<int>(m_reference.size());
    if (tokens > 0)
        point(std::clamp(static_cast<int>(event->pos().x() / stepWidth()), 0, tokens - 1));
}

void DivergenceStrip::leaveEvent(QEvent*) {
    point(std::nullopt);
}

void DivergenceStrip::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    point(std::nullopt);
}

void DivergenceStrip::keyPressEvent(QKeyEvent* event) {
    const int by = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (by == 0 || m_reference.size() == 0)
        return QWidget::keyPressEvent(event);
    const int last = static_cast<int>(m_reference.size()) - 1;
    point(m_pointed ? std::clamp(*m_pointed + by, 0, last) : 0);
}

} // namespace kvprism::views
