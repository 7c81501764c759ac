// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/upset_plot.h"

#include "views/models/overlap_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QLocale>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>

namespace kvprism::views {

using select::Remedy;

namespace {

QString nameOf(const OverlapModel& model, int method) {
    return QString::fromUtf8(model.methods()[static_cast<std::size_t>(method)].spec->name.data());
}

} // namespace

QString remedyWords(const OverlapModel& model, int method) {
    switch (model.methods()[static_cast<std::size_t>(method)].remedy) {
    case Remedy::fullDetail:
        return UpsetPlot::tr("record with full detail");
    case Remedy::prompt:
        return UpsetPlot::tr("needs a run that scores by a question");
    case Remedy::ownRun:
        break;
    }
    return UpsetPlot::tr("needs a run of its own");
}

UpsetPlot::UpsetPlot(OverlapModel* model, QWidget* parent) : QWidget(parent), m_model(model) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Combinations of selectors"));
    setWhatsThis(tr(
        "<p>Each column is a combination of selectors, marked by the dots below, and counts the tokens "
        "that exactly these would keep if each had all places to itself.</p><p>A click shows the tokens of "
        "a column or of a selector everywhere; a click on a selector's name leaves it out.</p>"));
    connect(m_model, &OverlapModel::changed, this, &UpsetPlot::takeCombinations);
    takeCombinations();
}

void UpsetPlot::takeCombinations() {
    m_columns.clear();
    const auto& all = m_model->combinations();
    for (int i = 0; i < static_cast<int>(all.size()); ++i)
        if (all[static_cast<std::size_t>(i)].keepers != 0)
            m_columns.push_back(i);
    m_pointed.reset();
    m_first = 0;
    m_cursor.method = std::clamp(m_cursor.method, 0, std::max(m_model->recordedMethods() - 1, 0));
    if (columns() > 0)
        moveTo(m_cursor.column);
    else
        describe();
    updateGeometry();
}

const select::Combination& UpsetPlot::combinationAt(int column) const {
    return m_model->combinations()[static_cast<std::size_t>(m_columns[static_cast<std::size_t>(column)])];
}

int UpsetPlot::rows() const {
    return static_cast<int>(m_model->methods().size());
}

QSize UpsetPlot::minimumSizeHint() const {
    const int line = QFontMetrics(textFont(TextSize::normal)).height();
    return {240, 8 * grid + 2 * line + rows() * (line + 2)};
}

QSize UpsetPlot::sizeHint() const {
    return minimumSizeHint(); // more room goes into the bars
}

UpsetPlot::Areas UpsetPlot::areas() const {
    const QFontMetrics metrics(textFont(TextSize::normal));
    const QFontMetrics digits(numberFont(TextSize::small));
    Areas at;
    const int line = metrics.height();
    at.row = std::clamp((height() * 45 / 100) / std::max(rows(), 1), line + 2, line + 2 * grid);
    int name = 0, number = 0;
    for (int method = 0; method < rows(); ++method) {
        name = std::max(name, metrics.horizontalAdvance(nameOf(*m_model, method)));
        number = std::max(number, digits.horizontalAdvance(grouped(m_model->sizeOf(method).tokens)));
    }
    const int matrix = rows() * at.row;
    const int top = height() - matrix;
    at.names = QRect(grid, top, name + 3 * grid, matrix);
    const int bar = width() < 480 ? 4 * grid : 9 * grid;
    at.sizes = QRect(at.names.right() + 1, top, bar + number + 2 * grid, matrix);
    at.dots = QRect(at.sizes.right() + 1, top, width() - at.sizes.right() - 1 - grid, matrix);
    at.bars = QRect(at.dots.left(), 2 * line + grid / 2, at.dots.width(), top - 2 * line - grid);
    // Wide enough for the largest number above its bar.
    const int most = columns() > 0 ? combinationAt(0).tokens : 0;
    const int least = std::max(18, digits.horizontalAdvance(grouped(most)) + 4);
    at.column = std::clamp(at.dots.width() / std::max(columns(), 1), least, std::max(least, 40));
    return at;
}

int UpsetPlot::columnsInSight(const Areas& at) const {
    return std::clamp(at.dots.width() / at.column, 1, std::max(columns(), 1));
}

QRect UpsetPlot::columnRect(int column) const {
    const Areas at = areas();
    const int place = column - m_first;
    if (column < 0 || column >= columns() || place < 0 || place >= columnsInSight(at))
        return {};
    const int bottom = at.dots.top() + m_model->recordedMethods() * at.row;
    return {at.dots.left() + place * at.column, at.bars.top(), at.column, bottom - at.bars.top()};
}

QRect UpsetPlot::setRect(int method) const {
    const Areas at = areas();
    return {at.sizes.left(), at.sizes.top() + method * at.row, at.sizes.width(), at.row};
}

QRect UpsetPlot::nameRect(int method) const {
    const Areas at = areas();
    return {at.names.left(), at.names.top() + method * at.row, at.names.width(), at.row};
}

std::optional<UpsetPlot::Place> UpsetPlot::placeAt(const QPoint& point) const {
    for (int column = m_first; column < m_first + columnsInSight(areas()); ++column)
        if (columnRect(column).contains(point))
            return Place{column, -1, false};
    for (int method = 0; method < rows(); ++method) {
        if (nameRect(method).contains(point))
            return Place{-1, method, true};
        if (setRect(method).contains(point))
            return Place{-1, method, false};
    }
    return std::nullopt;
}

QString UpsetPlot::combinationWords(int column) const {
    QStringList names;
    for (int method = 0; method < m_model->recordedMethods(); ++method)
        if (m_model->keeps(combinationAt(column), method))
            names << nameOf(*m_model, method);
    if (names.size() == 1)
        return tr("%1 alone").arg(names.first());
    const QString last = names.takeLast();
    return tr("%1 and %2, and no other").arg(names.join(QStringLiteral(", ")), last);
}

QStringList UpsetPlot::linesOf(const Place& place) const {
    if (place.column >= 0) {
        const select::Combination& combination = combinationAt(place.column);
        return {tr("%1 tokens").arg(grouped(combination.tokens)),
                tr("would be kept by %1").arg(combinationWords(place.column)),
                tr("the run kept %1 and dropped %2")
                    .arg(grouped(combination.kept), grouped(combination.tokens - combination.kept))};
    }
    const OverlapModel::Method& method = m_model->methods()[static_cast<std::size_t>(place.method)];
    const QString title = QString::fromUtf8(method.spec->title.data());
    if (!method.recorded)
        return {title, remedyWords(*m_model, place.method)};
    if (place.onName)
        return {title, method.included ? tr("click to leave it out") : tr("click to take it in")};
    const OverlapModel::SetSize size = m_model->sizeOf(place.method);
    return {title, tr("would keep %1 tokens").arg(grouped(size.tokens)),
            tr("of which the run kept %1").arg(grouped(size.kept))};
}

void UpsetPlot::describe() {
    const bool there = m_cursor.column >= 0 ? m_cursor.column < columns() : m_cursor.method < rows();
    setAccessibleDescription(there ? linesOf(m_cursor.column >= 0 ? Place{m_cursor.column, -1, false}
                                                                  : Place{-1, m_cursor.method, false})
                                         .join(QStringLiteral(", "))
                                   : QString());
    update();
}

void UpsetPlot::moveTo(int column) {
    m_cursor.column = std::clamp(column, -1, columns() - 1);
    const int inSight = columnsInSight(areas());
    if (m_cursor.column >= 0)
        m_first = std::clamp(m_first, m_cursor.column - inSight + 1, m_cursor.column);
    m_first = std::clamp(m_first, 0, std::max(columns() - inSight, 0));
    describe();
}

void UpsetPlot::choose(const Place& place, bool add) {
    if (place.column >= 0) {
        Q_EMIT tokensChosen(m_model->tokensOf(combinationAt(place.column)),
                            tr("that would be kept by %1").arg(combinationWords(place.column)), add);
        return;
    }
    if (place.method < 0 || !m_model->methods()[static_cast<std::size_t>(place.method)].recorded)
        return;
    Q_EMIT tokensChosen(m_model->tokensOf(place.method),
                        tr("that %1 would keep").arg(nameOf(*m_model, place.method)), add);
}

bool UpsetPlot::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
        case Qt::Key_Space:
            event->accept();
            return true;
        default:
            break;
        }
    }
    return QWidget::event(event);
}

void UpsetPlot::mousePressEvent(QMouseEvent* event) {
    const auto place = placeAt(event->pos());
    if (!place || event->button() != Qt::LeftButton)
        return;
    if (place->onName) {
        const auto& method = m_model->methods()[static_cast<std::size_t>(place->method)];
        if (method.recorded)
            m_model->setIncluded(place->method, !method.included);
        return;
    }
    if (place->column >= 0)
        moveTo(place->column);
    choose(*place, event->modifiers().testFlag(Qt::ShiftModifier));
}

void UpsetPlot::mouseMoveEvent(QMouseEvent* event) {
    m_pointer = event->pos();
    m_pointed = placeAt(m_pointer);
    setCursor(m_pointed ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void UpsetPlot::leaveEvent(QEvent*) {
    m_pointed.reset();
    update();
}

void UpsetPlot::wheelEvent(QWheelEvent* event) {
    // Plain turning is for the panel that this may stand in.
    const bool sideways = event->modifiers().testFlag(Qt::ShiftModifier);
    const int turned = event->angleDelta().x() + (sideways ? event->angleDelta().y() : 0);
    const int most = std::max(columns() - columnsInSight(areas()), 0);
    if (turned == 0 || most == 0) {
        event->ignore();
        return;
    }
    m_first = std::clamp(m_first + (turned < 0 ? 1 : -1), 0, most);
    m_pointed = placeAt(m_pointer);
    event->accept();
    update();
}

void UpsetPlot::keyPressEvent(QKeyEvent* event) {
    const int methods = m_model->recordedMethods();
    switch (event->key()) {
    case Qt::Key_Left:
        moveTo(m_cursor.column - 1);
        break;
    case Qt::Key_Right:
        moveTo(m_cursor.column + 1);
        break;
    case Qt::Key_Home:
        moveTo(0);
        break;
    case Qt::Key_End:
        moveTo(columns() - 1);
        break;
    case Qt::Key_Up:
    case Qt::Key_Down:
        m_cursor.method =
            std::clamp(m_cursor.method + (event->key() == Qt::Key_Up ? -1 : 1), 0, std::max(methods - 1, 0));
        moveTo(-1);
        break;
    case Qt::Key_Space:
        if (m_cursor.method < methods)
            m_model->setIncluded(m_cursor.method,
                                 !m_model->methods()[static_cast<std::size_t>(m_cursor.method)].included);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose(m_cursor.column >= 0 ? Place{m_cursor.column, -1, false} : Place{-1, m_cursor.method, false},
               event->modifiers().testFlag(Qt::ShiftModifier));
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace kvprism::views
