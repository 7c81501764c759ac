// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/budget_view.h"

#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/plot.h"
#include "views/tier_palette.h"

#include <algorithm>
#include <cmath>

namespace kvprism::views {

using trace::Tier;

// The hover label, above the plot so that moving it does not draw the plot again.
class BudgetView::Overlay final : public QWidget {
  public:
    explicit Overlay(QWidget* parent) : QWidget(parent) { setAttribute(Qt::WA_TransparentForMouseEvents); }

    void show(const QPoint& at, const QStringList& lines) {
        m_at = at;
        m_lines = lines;
        update();
    }

    void setEmpty(bool empty) {
        m_empty = empty;
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        if (m_empty) {
            painter.fillRect(rect(), shadesOf(palette()).panel);
            painter.setFont(textFont(TextSize::small));
            painter.setPen(shadesOf(palette()).quietText);
            painter.drawText(rect(), Qt::AlignCenter,
                             BudgetView::tr("What each step holds will stand here."));
        }
        if (m_lines.isEmpty())
            return;
        drawHoverLabel(painter, m_at, rect(), m_lines, palette());
    }

  private:
    bool m_empty = true;
    QPoint m_at;
    QStringList m_lines;
};

BudgetView::BudgetView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_plot(new QCustomPlot(this)),
      m_overlay(new Overlay(this)), m_current(new QCPItemRect(m_plot)),
      m_currentMark(new QCPItemLine(m_plot)), m_budget(new QCPItemLine(m_plot)),
      m_budgetLabel(new QCPItemText(m_plot)) {
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Budget view"));
    setWhatsThis(tr(
        "<p>Per block, the tokens held when the step chose: anchors, global memory, window, and on top what "
        "was dropped. The line is the budget.</p><p>A click on a bar goes to that step; Left, Right, Home "
        "and End move as well.</p>"));
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->xAxis->setLabel(tr("step"));
    m_plot->yAxis->setLabel(tr("tokens"));
    m_plot->xAxis->grid()->setVisible(false);
    const auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    m_plot->xAxis->setTicker(whole);
    m_plot->addLayer(QStringLiteral("below"), m_plot->layer(QStringLiteral("grid")), QCustomPlot::limBelow);
    // With pictures of their own, so that another step draws no bars again.
    m_plot->layer(QStringLiteral("below"))->setMode(QCPLayer::lmBuffered);
    m_plot->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
    m_current->setLayer(QStringLiteral("below"));
    m_currentMark->setLayer(QStringLiteral("overlay"));
    m_currentMark->setClipToAxisRect(false);
    m_currentMark->setHead(QCPLineEnding::esNone);
    m_budgetLabel->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_budgetLabel->setTextAlignment(Qt::AlignLeft);
    m_budgetLabel->setClipToAxisRect(false);
    m_budgetLabel->setPadding(QMargins(grid / 2, 0, 0, 0));

    connect(m_model, &TraceModel::runChanged, this, &BudgetView::resetForRun);
    connect(m_model, &TraceModel::curtainDrawn, this, &BudgetView::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, &BudgetView::addRows);
    connect(m_navigator, &Navigator::stepChanged, this, &BudgetView::markStep);
    resetForRun();
}

void BudgetView::resetForRun() {
    m_rows.clear();
    m_hovered.reset();
    m_overlay->show({}, {});
    makeBars();
    restyle();
    addRows();
}

void BudgetView::makeBars() {
    for (QCPBars* bars : m_bars)
        m_plot->removePlottable(bars);
    m_bars.clear();
    const auto selectors = m_model->run() ? m_model->run()->selectors.size() : 0;
    const std::size_t parts = 1 + (selectors + 1) + 3; // see m_bars
    for (std::size_t i = 0; i < parts; ++i) {
        auto* bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);
        bars->setPen(Qt::NoPen);
        bars->setWidth(0.82);
        bars->setAntialiased(false);
        if (i > 0)
            bars->moveAbove(m_bars.back());
        m_bars.push_back(bars);
    }
}

void BudgetView::restyle() {
    applyPlotStyle(*m_plot, palette());
    const Shades& shades = shadesOf(palette());
    const TierPalette& tiers = TierPalette::of(palette());
    const qreal ratio = pixelRatio(*this);
    const std::size_t last = m_bars.size() - 1;
    m_bars[0]->setBrush(tierBrush(Tier::anchor, palette(), ratio));
    for (std::size_t i = 1; i + 3 <= last; ++i)
        m_bars[i]->setBrush(tiers.globalShade(i + 3 == last ? -1 : static_cast<int>(i - 1)));
    m_bars[last - 2]->setBrush(tierBrush(Tier::compressed, palette(), ratio));
    m_bars[last - 1]->setBrush(tierBrush(Tier::window, palette(), ratio));
    m_bars[last]->setBrush(tierBrush(Tier::dropped, palette(), ratio));
    m_current->setPen(Qt::NoPen);
    m_current->setBrush(shades.accentSoft);
    m_currentMark->setPen(QPen(shades.accent, 3));
    m_budget->setPen(QPen(tiers.budgetLine(), 1.5));
    m_budgetLabel->setFont(numberFont(TextSize::small, QFont::DemiBold));
    m_budgetLabel->setColor(shades.text);
    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
}

void BudgetView::addRows() {
    const int selectors = m_model->run() ? static_cast<int>(m_model->run()->selectors.size()) : 0;
    for (auto i = m_rows.size(); i < m_model->store().steps().size(); ++i) {
        const BudgetRow row = budgetRow(*m_model->store().steps()[i], selectors);
        std::vector<int> parts{row.anchors};
        parts.insert(parts.end(), row.global.begin(), row.global.end());
        parts.insert(parts.end(), {row.compressed, row.window, row.dropped});
        for (std::size_t part = 0; part < m_bars.size(); ++part)
            m_bars[part]->addData(static_cast<double>(i), parts[part]);
        m_rows.push_back(row);
    }
    m_overlay->setEmpty(m_rows.empty());
    int most = m_model->run() ? m_model->run()->budget : 0;
    for (const BudgetRow& row : m_rows)
        most = std::max(most, row.held());
    const int steps = std::max(m_model->expectedSteps(), 1);
    m_plot->xAxis->setRange(-0.6, steps - 0.4);
    m_plot->yAxis->setRange(0, std::max(most, 1) * 1.06);
    auto ticker = m_plot->xAxis->ticker();
    static_cast<QCPAxisTickerFixed*>(ticker.data())->setTickStep(1);

    const bool hasBudget = m_model->run() && m_model->run()->budget > 0;
    const double budget = hasBudget ? m_model->run()->budget : 0;
    m_budget->setVisible(hasBudget);
    m_budgetLabel->setVisible(hasBudget);
    m_budget->start->setCoords(-0.6, budget);
    m_budget->end->setCoords(steps - 0.4, budget);
    m_budgetLabel->position->setCoords(steps - 0.4, budget);
    m_budgetLabel->setText(tr("budget\n%1").arg(grouped(static_cast<qint64>(budget))));
    const QFontMetrics metrics(m_budgetLabel->font());
    const int label = metrics.horizontalAdvance(tr("budget")) + grid;
    m_plot->axisRect()->setMargins(QMargins(0, 2 * grid, std::max(label, 7 * grid), 0));
    placeMark();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void BudgetView::placeMark() {
    const int step = m_navigator->step();
    const bool there = step >= 0 && step < static_cast<int>(m_rows.size());
    m_current->setVisible(there);
    m_current->topLeft->setCoords(step - 0.5, m_plot->yAxis->range().upper);
    m_current->bottomRight->setCoords(step + 0.5, 0);
    m_currentMark->setVisible(there);
    m_currentMark->start->setCoords(step - 0.5, 0);
    m_currentMark->end->setCoords(step + 0.5, 0);
    setAccessibleDescription(there ? hoverLines(step).join(QStringLiteral(", ")) : QString());
}

void BudgetView::markStep() {
    placeMark();
    for (const char* layer : {"below", "overlay"})
        m_plot->layer(QLatin1String(layer))->replot();
}

std::optional<int> BudgetView::stepAt(const QPoint& point) const {
    if (m_rows.empty() || point.x() < m_plot->axisRect()->left() || point.x() > m_plot->axisRect()->right())
        return std::nullopt;
    const int step = static_cast<int>(std::lround(m_plot->xAxis->pixelToCoord(point.x())));
    if (step < 0 || step >= static_cast<int>(m_rows.size()))
        return std::nullopt;
    return step;
}

QPoint BudgetView::centreOf(int step) const {
    return {static_cast<int>(m_plot->xAxis->coordToPixel(step)), m_plot->axisRect()->center().y()};
}

QStringList BudgetView::hoverLines(int step) const {
    const BudgetRow& row = m_rows[static_cast<std::size_t>(step)];
    QStringList lines{tr("Step %1").arg(grouped(step))};
    lines << tr("anchors %1 · window %2").arg(grouped(row.anchors), grouped(row.window));
    for (std::size_t i = 0; i < row.global.size(); ++i) {
        if (row.global[i] == 0)
            continue;
        const bool chosen = i + 1 < row.global.size();
        const QString by =
            chosen ? QString::fromStdString(m_model->run()->selectors[i]) : tr("not yet chosen");
        lines << tr("global %1 (%2)").arg(grouped(row.global[i]), by);
    }
    if (row.compressed > 0)
        lines << tr("compressed %1").arg(grouped(row.compressed));
    lines << tr("dropped %1 · kept %2").arg(grouped(row.dropped), grouped(row.kept()));
    return lines;
}

bool BudgetView::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::MouseMove) {
        const QPoint point = static_cast<QMouseEvent*>(event)->pos();
        m_hovered = stepAt(point);
        m_overlay->show(point, m_hovered ? hoverLines(*m_hovered) : QStringList());
    } else if (event->type() == QEvent::Leave) {
        m_hovered.reset();
        m_overlay->show({}, {});
    } else if (event->type() == QEvent::MouseButtonPress) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        if (const auto step = stepAt(mouse->pos()); step && mouse->button() == Qt::LeftButton)
            m_navigator->setStep(*step);
    }
    return QWidget::eventFilter(object, event);
}

void BudgetView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        restyle();
        m_plot->replot(QCustomPlot::rpQueuedReplot);
    }
    QWidget::changeEvent(event);
}

void BudgetView::resizeEvent(QResizeEvent*) {
    m_plot->setGeometry(rect());
    m_overlay->setGeometry(rect());
    m_overlay->raise();
}

void BudgetView::keyPressEvent(QKeyEvent* event) {
    if (!stepByKey(*m_navigator, event->key()))
        QWidget::keyPressEvent(event);
}

} // namespace kvprism::views
