// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLockFile>
#include <QString>

#include <memory>

namespace kvprism::app {

// A note on the disk that a run goes on: whoever starts next and still finds it knows that the program ended
// in the middle, and what was asked. Every window has a note of its own, and a lock beside it that says that
// it lives.
class UnfinishedRun {
  public:
    // The note is a file in `folder`.
    explicit UnfinishedRun(QString folder);
    ~UnfinishedRun(); // as after the program's end: the note stays

    struct Note {
        QString recording; // empty: it is not there
        QString document;  // the file that was read; empty: it has none
        QString question;  // empty: nothing was cut off
    };

    void begin(const Note& note);
    void end(); // it ended by itself, however it did
    // What was cut off last; its note goes with the question, older ones stay for another start. While
    // another window records, its run is not cut off.
    Note take();

  private:
    QString m_folder;
    QString m_file; // this window's
    std::unique_ptr<QLockFile> m_alive;
};

} // namespace kvprism::app
