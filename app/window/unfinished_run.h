// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvprism::app {

// A note on the disk that a run goes on: whoever starts next and still finds it knows that the program ended
// in the middle, and what was asked. `file` is the note's path.
class UnfinishedRun {
  public:
    explicit UnfinishedRun(QString file) : m_file(std::move(file)) {}

    struct Note {
        QString recording; // empty: it is not there
        QString document;  // the file that was read; empty: it has none
        QString question;  // empty: nothing was cut off
    };

    void begin(const Note& note);
    void end(); // it ended by itself, however it did
    // What was cut off; the note goes with the question. While another window records, its run is not cut
    // off.
    Note take();

  private:
    QString m_file;
};

} // namespace kvprism::app
