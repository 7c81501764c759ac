// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvprism::app {

// A note on the disk that a run is being recorded: whoever starts next and still finds it knows that the
// program ended in the middle. `file` is the note's path.
class UnfinishedRun {
  public:
    explicit UnfinishedRun(QString file) : m_file(std::move(file)) {}

    void begin(const QString& recording);
    void end(); // it ended by itself, however it did
    // The recording of a run that was cut off, where it is there; the note goes with the question. Empty:
    // none. While another window records, its run is not cut off.
    QString take();

  private:
    QString m_file;
};

} // namespace kvprism::app
