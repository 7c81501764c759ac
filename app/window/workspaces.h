// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QHash>
#include <QObject>
#include <QSize>
#include <QString>

#include <array>
#include <map>
#include <vector>

class QMainWindow;

namespace kvprism::app {

struct WindowLayout;

using PanelSizes = QHash<QString, QSize>; // by the dock's name

// Four arrangements of the same panels, each for something that people do.
enum class Workspace { read, inspect, compare, teach };
inline constexpr std::array workspaces{Workspace::read, Workspace::inspect, Workspace::compare,
                                       Workspace::teach};

// What a workspace shows where: columns of groups, a group's panels share their place as tabs (the first in
// front). Panels that are not named are hidden.
struct WorkspaceRecipe {
    Workspace workspace;
    const char* key;   // in settings
    const char* title; // for people, with a mnemonic
    const char* hint;  // one sentence
    struct Group {     // of panels that share a place
        std::vector<const char*> panels;
        int height; // in proportion to the others of its column
    };
    struct Part { // of what stands in the middle while a run is shown
        const char* name;
        int height;
    };
    std::vector<Group> left, right;
    int leftWidth, rightWidth; // grid units
    std::vector<Part> centre;  // from the top
    double textScale = 1;      // against the desktop's text, until somebody chooses another
};
const WorkspaceRecipe& recipeOf(Workspace workspace);

// Which workspace is shown, and how each was left. Lives on the window's thread.
class Workspaces final : public QObject {
    Q_OBJECT
  public:
    struct State {
        QByteArray panels, centre; // as QMainWindow and QSplitter save it
        QSize window;              // that this was so in; panels fit themselves to another one
        PanelSizes sizes;
    };

    Workspaces(QMainWindow* window, WindowLayout* layout);

    Workspace current() const { return m_current; }
    void go(Workspace workspace); // leaves this one as it is
    void reset();                 // this one to its first arrangement
    // All text was made larger or smaller: the columns go along, and come back with it.
    void followText(double before, double now);

    // What is remembered from one start to the next. A state that cannot be read gives the first arrangement,
    // and false.
    bool restore(Workspace current, const std::map<Workspace, State>& states);
    std::map<Workspace, State> states() const; // the shown one as it stands

  protected:
    bool eventFilter(QObject* object, QEvent* event) override; // the window's

  Q_SIGNALS:
    void changed(kvprism::app::Workspace workspace);

  private:
    bool arrange();
    void fitText(double before, double now);
    void give(const PanelSizes& sizes, int turns);
    State shown() const;

    QMainWindow* m_window;
    WindowLayout* m_layout;
    Workspace m_current = Workspace::inspect;
    std::map<Workspace, State> m_states;
    QSize m_awaited;                // the size that the shown state was made in, until the window has it
    std::map<int, State> m_atScale; // of the text, in percent; of the shown workspace
    int m_textChanges = 0;
};

} // namespace kvprism::app
