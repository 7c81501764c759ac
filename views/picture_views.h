// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/navigator.h"

#include <QBrush>
#include <QPen>
#include <QSize>
#include <QString>

#include <span>
#include <string_view>
#include <vector>

class QWidget;

// The views that pictures can be made of.
namespace kvprism::views {

class RunComparison;
class TraceModel;

// What a picture is about: the shown run where the navigator stands, and for views of two runs or of needles
// what these are.
struct PictureScene {
    TraceModel* model = nullptr;
    Navigator* navigator = nullptr;
    RunComparison* comparison = nullptr; // ready, or nullptr
    std::vector<Navigator::TokenRange> needles = {};
};

// What colours and patterns of a picture mean.
struct PictureLegend {
    struct Entry {
        QBrush brush;
        QString title;
        bool isLine = false;    // a line across, no area
        QPen below = Qt::NoPen; // along the lower edge
    };
    std::vector<Entry> entries;
    QString note; // a sentence after them; empty: none
};

struct DrawableView {
    std::string_view name; // as in engine/tables/tables.h
    const char* title;     // to be translated: viewTitle()
    QSize size;            // of the picture's view by default, in units
    QWidget* (*make)(const PictureScene& scene, QWidget* host);
    // Arranges the view, as wide as it is, in at most `most` units; returns the height that it takes.
    // nullptr: it takes what it is given.
    int (*fit)(QWidget& view, const Navigator& navigator, int most) = nullptr;
    // Once it has its size; `ratio`: pixels a unit. nullptr: the view has its own.
    PictureLegend (*legend)(const PictureScene& scene, QWidget& view, qreal ratio) = nullptr;
};

std::span<const DrawableView> drawableViews();
const DrawableView* findDrawableView(std::string_view name); // nullptr: there is none
QString viewTitle(const DrawableView& view);

} // namespace kvprism::views
