// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/instrument_style.h"

#include "views/icons.h"
#include "views/style.h"

#include <QAbstractButton>
#include <QComboBox>
#include <QIcon>
#include <QPainter>
#include <QScrollBar>
#include <QSlider>
#include <QStyleOption>
#include <QTabBar>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr double corner = 4;

void drawPanel(QPainter* painter, const QRect& rect, const QColor& fill, const QColor& line) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(line.isValid() ? QPen(line, 1) : QPen(Qt::NoPen));
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), corner, corner);
    painter->restore();
}

// A button is nothing until it is pointed at, pressed, checked or has the focus.
void drawFlatButton(const QStyleOption* option, QPainter* painter, bool outlined) {
    const Shades& shades = shadesOf(option->palette);
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool pointedAt = enabled && (option->state & QStyle::State_MouseOver);
    QColor fill;
    if (enabled && (option->state & QStyle::State_On)) // no other ground is pale enough for disabled text
        fill = shades.accentSoft;
    else if (option->state & QStyle::State_Sunken)
        fill = shades.rule;
    else if (pointedAt)
        fill = shades.raised;
    const bool focus = option->state & QStyle::State_HasFocus;
    const bool framed = outlined || (!enabled && (option->state & QStyle::State_On));
    const QColor line = focus ? shades.accent : framed ? shades.rule : QColor();
    if (fill.isValid() || line.isValid())
        drawPanel(painter, option->rect, fill, line);
}

void drawField(const QStyleOption* option, QPainter* painter) {
    const Shades& shades = shadesOf(option->palette);
    const bool focus = option->state & QStyle::State_HasFocus;
    drawPanel(painter, option->rect, shades.panel, focus ? shades.accent : shades.rule);
}

void drawChevron(QPainter* painter, const QRect& rect, const QColor& colour) {
    const QPointF centre = QRectF(rect).center();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPolyline(
        QPolygonF{centre + QPointF(-3.5, -1.5), centre + QPointF(0, 2), centre + QPointF(3.5, -1.5)});
    painter->restore();
}

// A thin line up to a knob; with the focus the knob has the accent's ring.
void drawSlider(const QStyleOptionSlider* slider, const QRect& knob, QPainter* painter) {
    const Shades& shades = shadesOf(slider->palette);
    const bool enabled = slider->state & QStyle::State_Enabled;
    const bool upright = slider->orientation == Qt::Vertical;
    const QRectF all = slider->rect;
    const QPointF centre = QRectF(knob).center();
    const QColor ink = enabled ? shades.quietText : shades.rule;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(shades.rule, 3, Qt::SolidLine, Qt::RoundCap));
    const QPointF first =
        upright ? QPointF(centre.x(), all.bottom() - 2) : QPointF(all.left() + 2, centre.y());
    const QPointF last = upright ? QPointF(centre.x(), all.top() + 2) : QPointF(all.right() - 2, centre.y());
    painter->drawLine(first, last);
    painter->setPen(QPen(ink, 3, Qt::SolidLine, Qt::RoundCap));
    painter->drawLine(first, centre);
    const bool focus = slider->state & QStyle::State_HasFocus;
    painter->setPen(focus ? QPen(shades.accent, 2) : QPen(ink, 1.5));
    painter->setBrush(enabled && (slider->state & QStyle::State_MouseOver) ? shades.raised : shades.panel);
    painter->drawEllipse(centre, 6, 6);
    painter->restore();
}

void drawTab(const QStyleOptionTab* tab, QPainter* painter) {
    const Shades& shades = shadesOf(tab->palette);
    const QRect rect = tab->rect;
    if (tab->state & QStyle::State_Selected)
        painter->fillRect(QRect(rect.left() + grid, rect.bottom() - 1, rect.width() - 2 * grid, 2),
                          shades.accent);
    else if (tab->state & QStyle::State_MouseOver)
        painter->fillRect(QRect(rect.left() + grid, rect.bottom() - 1, rect.width() - 2 * grid, 2),
                          shades.rule);
    if (tab->state & QStyle::State_HasFocus)
        drawPanel(painter, rect.adjusted(2, 2, -2, -2), QColor(), shades.accent);
}

} // namespace

void InstrumentStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QScrollBar*>(widget) ||
        qobject_cast<QTabBar*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QSlider*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

int InstrumentStyle::pixelMetric(PixelMetric metric, const QStyleOption* option,
                                 const QWidget* widget) const {
    switch (metric) {
    case PM_ScrollBarExtent:
        return 10;
    case PM_SplitterWidth:
        return 5;
    case PM_DockWidgetSeparatorExtent:
        return 5;
    case PM_DefaultFrameWidth:
        return qobject_cast<const QAbstractButton*>(widget) ? 2 : 1;
    case PM_ToolBarFrameWidth:
    case PM_ToolBarItemMargin:
    case PM_ToolBarItemSpacing:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_TabBarTabHSpace:
        return 2 * grid;
    case PM_TabBarTabVSpace:
        return grid + grid / 2;
    case PM_ToolTipLabelFrameWidth:
        return 4;
    case PM_SmallIconSize:
        return 2 * grid;
    case PM_ToolBarIconSize:
        return 2 * grid;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int InstrumentStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                               QStyleHintReturn* data) const {
    if (hint == SH_ScrollBar_LeftClickAbsolutePosition)
        return 1;
    if (hint == SH_EtchDisabledText || hint == SH_DitherDisabledText)
        return 0;
    return QProxyStyle::styleHint(hint, option, widget, data);
}

QRect InstrumentStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option,
                                      SubControl part, const QWidget* widget) const {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (control != CC_ScrollBar || !bar)
        return QProxyStyle::subControlRect(control, option, part, widget);
    // No arrows: the groove is all of it.
    const bool upright = bar->orientation == Qt::Vertical;
    const int length = upright ? bar->rect.height() : bar->rect.width();
    const int range = bar->maximum - bar->minimum;
    int slider = length;
    if (range > 0)
        slider = std::clamp(
            static_cast<int>(static_cast<qint64>(bar->pageStep) * length / (qint64(range) + bar->pageStep)),
            std::min(3 * grid, length), length);
    const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition,
                                              length - slider, bar->upsideDown);
    const auto along = [&](int from, int size) {
        return upright ? QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), size)
                       : QRect(bar->rect.x() + from, bar->rect.y(), size, bar->rect.height());
    };
    switch (part) {
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSlider:
        return along(start, slider);
    case SC_ScrollBarSubPage:
        return along(0, start);
    case SC_ScrollBarAddPage:
        return along(start + slider, length - start - slider);
    default:
        return {};
    }
}

QRect InstrumentStyle::subElementRect(SubElement element, const QStyleOption* option,
                                      const QWidget* widget) const {
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    if (element != SE_LineEditContents)
        return rect;
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    return frame && frame->lineWidth > 0 ? rect.adjusted(grid / 2, 0, -grid / 2, 0) : rect;
}

QIcon InstrumentStyle::standardIcon(StandardPixmap wanted, const QStyleOption* option,
                                    const QWidget* widget) const {
    switch (wanted) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton:
    case SP_LineEditClearButton:
        return icon(Symbol::close);
    case SP_TitleBarNormalButton:
        return icon(Symbol::detach);
    default:
        return QProxyStyle::standardIcon(wanted, option, widget);
    }
}

void InstrumentStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                    const QWidget* widget) const {
    switch (element) {
    case PE_PanelButtonTool:
        drawFlatButton(option, painter, false);
        return;
    case PE_PanelButtonCommand:
        drawFlatButton(option, painter, true);
        return;
    case PE_FrameFocusRect:
        drawPanel(painter, option->rect, QColor(), shadesOf(option->palette).accent);
        return;
    case PE_PanelLineEdit:
        // Without a frame it lies in another field, as a spin box's.
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
            frame && frame->lineWidth > 0)
            drawField(option, painter);
        return;
    case PE_FrameDockWidget:
    case PE_FrameTabBarBase:
    case PE_PanelStatusBar:
    case PE_FrameStatusBarItem:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void InstrumentStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                  const QWidget* widget) const {
    const Shades& shades = shadesOf(option->palette);
    switch (element) {
    case CE_Splitter: {
        const QRect rect = option->rect;
        const bool upright = rect.height() > rect.width();
        const QColor colour = option->state & State_MouseOver ? shades.accent : shades.rule;
        if (upright)
            painter->fillRect(rect.center().x(), rect.top(), 1, rect.height(), colour);
        else
            painter->fillRect(rect.left(), rect.center().y(), rect.width(), 1, colour);
        return;
    }
    case CE_ToolBar:
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, shades.window);
        return;
    case CE_DockWidgetTitle:
        if (const auto* title = qstyleoption_cast<const QStyleOptionDockWidget*>(option)) {
            painter->fillRect(title->rect, shades.window);
            painter->setFont(textFont(TextSize::small, QFont::DemiBold));
            painter->setPen(shades.quietText);
            painter->drawText(title->rect.adjusted(2 * grid, 0, -6 * grid, 0),
                              Qt::AlignLeft | Qt::AlignVCenter,
                              painter->fontMetrics().elidedText(title->title, Qt::ElideRight,
                                                                title->rect.width() - 8 * grid));
            return;
        }
        break;
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            drawTab(tab, painter);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void InstrumentStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option,
                                         QPainter* painter, const QWidget* widget) const {
    const Shades& shades = shadesOf(option->palette);
    if (control == CC_ScrollBar) {
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        painter->fillRect(option->rect, shades.panel);
        if (!bar || bar->maximum <= bar->minimum)
            return;
        const QRectF slider =
            QRectF(subControlRect(control, option, SC_ScrollBarSlider, widget)).adjusted(2, 2, -2, -2);
        QColor colour = shades.quietText;
        colour.setAlphaF(option->state & (State_MouseOver | State_Sunken) ? 0.7F : 0.35F);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colour);
        const double round = std::min(slider.width(), slider.height()) / 2;
        painter->drawRoundedRect(slider, round, round);
        painter->restore();
        return;
    }
    if (control == CC_Slider) {
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawSlider(slider, subControlRect(control, option, SC_SliderHandle, widget), painter);
            return;
        }
    }
    if (control == CC_ComboBox) {
        const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (box && !box->editable) {
            drawField(option, painter);
            const QRect arrow = subControlRect(control, option, SC_ComboBoxArrow, widget);
            drawChevron(painter, arrow, option->state & State_Enabled ? shades.quietText : shades.rule);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace kvprism::views
