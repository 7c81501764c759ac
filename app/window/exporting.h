// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

class QWidget;

namespace kvprism::views {
class Navigator;
class TraceModel;
} // namespace kvprism::views

namespace kvprism::app {

// Writes views of the shown run to files that the person names: a picture with its numbers beside it, or the
// numbers alone, by the file's ending. Lives on the window's thread.
class Exporting final : public QObject {
    Q_OBJECT
  public:
    Exporting(views::TraceModel* model, views::Navigator* navigator, QWidget* window);

    void setRecording(const QString& path) { m_recording = path; } // of the shown run; never written over
    void ask();                                                    // for a view and a place
    void write(const QString& view, const QString& path);

  Q_SIGNALS:
    void written(const QString& path);
    void failed(const QString& sentence);

  private:
    views::TraceModel* m_model;
    views::Navigator* m_navigator;
    QWidget* m_window;
    QString m_recording;
    QString m_view; // that was asked for last
    QString m_folder;
};

} // namespace kvprism::app
