// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/picture_views.h"

#include <QFont>
#include <QPalette>
#include <QString>
#include <QStringList>

#include <vector>

class QPainter;

namespace kvprism::trace {
struct Run;
}

namespace kvprism::views {

// What stands around a view in a picture: above it the view's name, document and question and how the run, or
// both runs, were configured; below it the legend and where it comes from. All in units; fonts are those of
// PictureFonts.
class PicturePage {
  public:
    PicturePage(const PictureScene& scene, const DrawableView& view, int width, const QPalette& palette);
    void setLegend(const PictureLegend& legend);

    int headHeight() const { return m_headHeight; }
    int footHeight() const { return m_footHeight; } // of legend and footer; 1 + setLegend() decide it
    void paintHead(QPainter& painter) const;
    void paintFoot(QPainter& painter, int top) const;

    QString title() const { return m_title; }                 // of document and question
    QString configuration() const { return m_configuration; } // of both runs where there are two

  private:
    struct Line { // of text from the left edge
        QString text;
        QFont font;
        QColor colour;
        int height = 0;
    };
    struct Placed { // an entry of the legend
        PictureLegend::Entry entry;
        int x = 0, y = 0;
    };

    void addRun(const trace::Run& run, const QString& letter);
    void addOrigin(const PictureScene& scene);
    void addLines(std::vector<Line>& lines, const QStringList& texts, const QFont& font,
                  const QColor& colour) const;
    int room() const;

    int m_width;
    QPalette m_palette;
    QString m_title;
    QString m_configuration;
    std::vector<Line> m_head;
    std::vector<Line> m_footer;
    std::vector<Placed> m_legend;
    int m_legendHeight = 0;
    int m_headHeight = 0;
    int m_footHeight = 0;
};

} // namespace kvprism::views
