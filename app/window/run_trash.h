// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <QString>

#include <functional>
#include <vector>

namespace kvprism::app {

// Recordings that are thrown away, each with what stands beside it: its kept memory, and the journal of one
// that was cut off. Lives on the window's thread.
class RunTrash {
  public:
    // Moves a file to the desktop's trash and says where it is there; false where there is no trash.
    using Throw = std::function<bool(const QString& path, QString* inTrash)>;

    explicit RunTrash(Throw throwAway);

    // All of it, or nothing: an error (unavailable) where the trash does not take it.
    Status throwAway(const QString& recording);
    // What was thrown away last, at its old place; the error names what is in the way.
    Status putBack();
    const QString& last() const { return m_last; } // recording that putBack() brings; empty: none

    static Status remove(const QString& recording);                     // for good
    static bool toDesktopsTrash(const QString& file, QString* inTrash); // a Throw

  private:
    struct Moved {
        QString from, to;
    };
    static Status putBack(const std::vector<Moved>& files);

    Throw m_throw;
    QString m_last;
    std::vector<Moved> m_moved;
};

} // namespace kvprism::app
