// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

class QApplication;

namespace kvprism::views {

enum class Scheme { light, dark, system };

// Our palette, style and font for the whole application; may be called again at any time to change the
// scheme. `system` follows the desktop's own palette: dark where its windows are.
void applyStyle(QApplication& application, Scheme scheme);

// How large all text is against the desktop's own. What follows: every font below that is asked for
// afterwards, widgets with the application's font, and those of followFont().
void setTextScale(QApplication& application, double scale);
double textScale();

// Says when setTextScale() changed it: Qt tells widgets of another application font only where they have none
// of their own.
class TextScaleNotice final : public QObject {
    Q_OBJECT
  Q_SIGNALS:
    void changed();
};
TextScaleNotice& textScaleNotice();

// The palette of one scheme (`system`: of light), whatever the application's is.
QPalette paletteFor(Scheme scheme);

// Colours beyond QPalette's roles. The one accent marks selection and focus and nothing else; data have
// TierPalette.
struct Shades {
    QColor window; // around the panels
    QColor panel;  // behind text and pictures
    QColor raised; // tooltips, chips, the pointed-at button
    QColor rule;   // thin lines between panels
    QColor text;
    QColor quietText;  // labels, axes: contrast with window and panel ≥ 4.5
    QColor fadedText;  // dropped words: still readable, contrast with panel ≥ 4.5
    QColor accent;     // selection, focus, playhead
    QColor accentSoft; // the same, as an area behind text
    QColor onAccent;   // text on `accent`
    QColor warning;    // something went wrong; text
    bool dark = false;
};
const Shades& shadesOf(const QPalette& palette); // light or dark, as the palette's window is

// The spacing grid: everything is a multiple of it, or half of it.
inline constexpr int grid = 8;

enum class TextSize { small, normal, large };
QFont textFont(TextSize size, QFont::Weight weight = QFont::Normal);
// For numbers that change or stand in columns: all digits are equally wide.
QFont numberFont(TextSize size, QFont::Weight weight = QFont::Normal);

// While it lives, the fonts above are those of pictures: of the same size in pixels on every screen and with
// letters that no screen shapes, so that a picture is the same wherever it is drawn. On the window's thread,
// within one function that does not return to the event loop; not nested.
class PictureFonts {
  public:
    PictureFonts();
    PictureFonts(const PictureFonts&) = delete;
    PictureFonts& operator=(const PictureFonts&) = delete;
    ~PictureFonts();
};

} // namespace kvprism::views
