// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <vector>

class QWidget;

namespace kvprism::views {
struct DrawableView;
class Navigator;
class Needles;
class TraceModel;
} // namespace kvprism::views

namespace kvprism::app {

class Comparing;

// Writes views of the shown run to files that the person names: a picture with its numbers beside it, or the
// numbers alone, by the file's ending. A comparison is offered while a second run is chosen, needles while
// some are marked. Lives on the window's thread.
class Exporting final : public QObject {
    Q_OBJECT
  public:
    Exporting(views::TraceModel* model, views::Navigator* navigator, Comparing* comparing,
              const views::Needles* needles, QWidget* window);

    void setRecording(const QString& path) { m_recording = path; } // of the shown run; never written over
    // For a view and a place. `preferred`: a view to begin with; empty, or not offered: the last one.
    void ask(const QString& preferred = {});
    void write(const QString& view, const QString& path);
    std::vector<const views::DrawableView*> offered() const; // the views that there is something of

  Q_SIGNALS:
    void written(const QString& path, const QString& numbers); // empty: no second file
    void failed(const QString& sentence);

  private:
    views::TraceModel* m_model;
    views::Navigator* m_navigator;
    Comparing* m_comparing;
    const views::Needles* m_needles;
    QWidget* m_window;
    QString m_recording;
    QString m_view; // that was asked for last
    QString m_folder;
};

} // namespace kvprism::app
