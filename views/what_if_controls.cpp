// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/what_if_controls.h"

#include "engine/select/method.h"
#include "engine/select/options.h"
#include "views/controls.h"
#include "views/following_font.h"
#include "views/style.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr int sliderEnd = 1000;
constexpr int leastBudget = 12; // four times the smallest divisor: below it nothing runs
constexpr int ratioParts = 100;

} // namespace

WhatIfControls::WhatIfControls(QWidget* parent) : QWidget(parent), m_ratioField(new QDoubleSpinBox(this)) {
    auto* rows = new QGridLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setHorizontalSpacing(grid);
    rows->setVerticalSpacing(grid / 2);
    rows->setColumnStretch(1, 1);
    m_budget.field = new QSpinBox(this);
    m_divisor.field = new QSpinBox(this);
    addRow(rows, m_budget, tr("Budget"), tr("Tokens that may stay"), m_budget.field);
    addRow(rows, m_divisor, tr("Divisor"), tr("Anchors and window each get the budget divided by this"),
           m_divisor.field);
    addRow(rows, m_ratio, tr("Ratio"), tr("Hybrid: the share of the places that the first selector takes"),
           m_ratioField);
    m_budget.field->setGroupSeparatorShown(true);
    m_budget.slider->setRange(0, sliderEnd);
    m_budget.slider->setPageStep(sliderEnd / 10);
    for (QAbstractSpinBox* field :
         {static_cast<QAbstractSpinBox*>(m_budget.field), static_cast<QAbstractSpinBox*>(m_divisor.field),
          static_cast<QAbstractSpinBox*>(m_ratioField)})
        field->setFocusPolicy(Qt::StrongFocus); // not by the wheel
    m_divisor.field->setRange(1, 9999);
    m_divisor.slider->setRange(3, 32);
    m_ratio.slider->setRange(0, ratioParts);
    m_ratioField->setRange(0, 1);
    m_ratioField->setDecimals(3);
    m_ratioField->setSingleStep(0.05);

    // Slider and field follow each other; the field's value counts.
    connect(m_budget.slider, &QSlider::valueChanged, this,
            [this](int value) { m_budget.field->setValue(budgetOf(value)); });
    connect(m_budget.field, &QSpinBox::valueChanged, this, [this](int value) {
        const QSignalBlocker blocker(m_budget.slider);
        if (budgetOf(m_budget.slider->value()) != value) // where several places mean it, it stays
            m_budget.slider->setValue(sliderOf(value));
        Q_EMIT valuesChanged();
    });
    connect(m_divisor.slider, &QSlider::valueChanged, m_divisor.field, &QSpinBox::setValue);
    connect(m_divisor.field, &QSpinBox::valueChanged, this, [this](int value) {
        const QSignalBlocker blocker(m_divisor.slider);
        m_divisor.slider->setValue(value);
        Q_EMIT valuesChanged();
    });
    connect(m_ratio.slider, &QSlider::valueChanged, this,
            [this](int value) { m_ratioField->setValue(value / double(ratioParts)); });
    connect(m_ratioField, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        const QSignalBlocker blocker(m_ratio.slider);
        m_ratio.slider->setValue(static_cast<int>(std::lround(value * ratioParts)));
        Q_EMIT valuesChanged();
    });
    setRun(nullptr);
}

void WhatIfControls::addRow(QGridLayout* rows, Row& row, const QString& name, const QString& tip,
                            QWidget* field) {
    row.name = new QLabel(name, this);
    row.name->setToolTip(tip);
    row.name->setBuddy(field);
    row.slider = new QSlider(Qt::Horizontal, this);
    row.slider->setAccessibleName(tr("%1, slider").arg(name));
    row.slider->setToolTip(tip);
    row.slider->setFocusPolicy(Qt::StrongFocus);
    row.slider->installEventFilter(this);
    setTabOrder(row.slider, field);
    field->installEventFilter(this);
    field->setAccessibleName(name);
    field->setAccessibleDescription(tip);
    field->setToolTip(tip);
    followFont(field, FontKind::number, TextSize::normal);
    row.reason = quietLabel(this);
    row.reason->setWordWrap(true);
    const int line = rows->rowCount();
    rows->addWidget(row.name, line, 0);
    rows->addWidget(row.slider, line, 1);
    rows->addWidget(field, line, 2);
    rows->addWidget(row.reason, line + 1, 0, 1, 3);
}

void WhatIfControls::enable(const Row& row, QWidget* field, const QString& reason) const {
    for (QWidget* widget : {static_cast<QWidget*>(row.name), static_cast<QWidget*>(row.slider), field})
        widget->setEnabled(reason.isEmpty());
    row.reason->setText(reason);
    row.reason->setVisible(!reason.isEmpty());
}

// Equal ways along the slider are equal factors, from the least budget to the whole stream.
int WhatIfControls::budgetOf(int slider) const {
    const double factor = std::log(static_cast<double>(m_mostBudget) / leastBudget);
    return static_cast<int>(std::lround(leastBudget * std::exp(factor * slider / sliderEnd)));
}

int WhatIfControls::sliderOf(int budget) const {
    const double factor = std::log(static_cast<double>(m_mostBudget) / leastBudget);
    return static_cast<int>(std::lround(
        sliderEnd * std::log(static_cast<double>(std::max(budget, leastBudget)) / leastBudget) / factor));
}

void WhatIfControls::setRun(const trace::Run* run) {
    const QSignalBlocker blocker(this);
    auto config = run ? select::configOfRun(*run) : Result<select::Config>(select::Config());
    const select::MethodSpec* method = run && config ? select::findMethod(config->method) : nullptr;
    QString fixed;
    if (!run)
        fixed = tr("There is no run to change.");
    else if (!config || !method)
        fixed = tr("The settings of this run cannot be read.");
    else if (method->keepsAll)
        fixed = tr("The dense run keeps everything: nothing is shared out.");
    enable(m_budget, m_budget.field, fixed);
    enable(m_divisor, m_divisor.field, fixed.isEmpty() ? QString() : QStringLiteral(" "));
    m_divisor.reason->hide(); // said once
    const bool hybrid = method && method->isHybrid;
    enable(m_ratio, m_ratioField,
           hybrid ? fixed : tr("One selector chose in this run: there is nothing to share between two."));
    m_ratio.reason->setVisible(fixed.isEmpty() && !hybrid);
    m_mostBudget = std::max({run ? run->streamTokens() : 0, run ? run->budget : 0, 2 * leastBudget});
    m_budget.field->setRange(1, m_mostBudget);
    m_runBudget = run ? run->budget : leastBudget;
    m_runDivisor = config ? config->protectionDivisor : 4;
    m_runRatio = config ? config->hybridRatio : 0;
    m_divisor.slider->setMaximum(std::max(32, m_runDivisor));
    reset();
}

void WhatIfControls::reset() {
    m_budget.field->setValue(m_runBudget); // which moves the slider
    m_divisor.field->setValue(m_runDivisor);
    m_ratioField->setValue(m_runRatio);
}

select::WhatIf WhatIfControls::changed() const {
    select::WhatIf changed;
    if (m_budget.field->isEnabled() && m_budget.field->value() != m_runBudget)
        changed.budget = m_budget.field->value();
    if (m_divisor.field->isEnabled() && m_divisor.field->value() != m_runDivisor)
        changed.protectionDivisor = m_divisor.field->value();
    // The field shows three digits of a ratio that may have more.
    if (m_ratioField->isEnabled() && std::abs(m_ratioField->value() - m_runRatio) > 0.0006)
        changed.hybridRatio = m_ratioField->value();
    return changed;
}

QString WhatIfControls::reasonWhyFixed() const {
    return m_ratio.reason->isHidden() ? QString() : m_ratio.reason->text();
}

// Sliders and fields have their keys, whatever shortcuts the window has for them; and turning the wheel to
// scroll the panel changes nothing on the way.
bool WhatIfControls::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(object)->hasFocus()) {
        event->ignore();
        return true;
    }
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            event->accept();
            return true;
        default:
            break;
        }
    }
    return QWidget::eventFilter(object, event);
}

} // namespace kvprism::views
