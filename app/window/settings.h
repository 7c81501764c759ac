// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/workspaces.h"
#include "engine/select/options.h"
#include "views/style.h"

#include <QByteArray>
#include <QSettings>
#include <QStringList>

namespace kvprism::app {

// What a window showed when it was closed, and the question that stood above it.
struct LastShown {
    QString recording; // empty: a document alone
    QString document;  // its file; empty: it has none
    QString question;
};

// What the window remembers. A file that cannot be understood is put aside and everything starts from the
// defaults.
class Settings {
  public:
    static constexpr double smallestText = 0.8;
    static constexpr double largestText = 2;

    explicit Settings(const QString& file);

    bool wereCorrupt() const { return !m_putAside.isEmpty(); }
    QString putAside() const { return m_putAside; } // where the file that was no good went
    bool isFirstStart() const { return m_firstStart; }
    QStringList notUnderstood() const; // parts that stand at their default because of that, in words
    bool canBeKept() const { return m_file.isWritable(); }
    // The scheme alone, of a file that is left as it is.
    static views::Scheme schemeIn(const QString& file);

    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    Workspace workspace() const; // that was shown
    std::map<Workspace, Workspaces::State> workspaceStates() const;
    void setWorkspaces(Workspace shown, const std::map<Workspace, Workspaces::State>& states);

    double textScale(Workspace workspace) const; // 0.8 … 2
    void setTextScale(Workspace workspace, double scale);

    views::Scheme scheme() const;
    void setScheme(views::Scheme scheme);

    QStringList recentFiles() const; // newest first, absolute
    void addRecentFile(const QString& path);
    void removeRecentFile(const QString& path);

    LastShown lastShown() const;
    void setLastShown(const LastShown& shown);

    QString modelPath() const; // empty: the embedded one
    void setModelPath(const QString& path);

    double readingRate(const QString& model) const; // tokens a second, of its last run; 0: not known
    void setReadingRate(const QString& model, double tokensPerSecond);

    select::Settings strategy() const;
    void setStrategy(const select::Settings& strategy);

    void save();

  private:
    void put(const QString& key, const QVariant& value);
    static QString putAsideIfCorrupt(const QString& file);

    bool m_firstStart;
    QString m_putAside;
    QSettings m_file;
};

} // namespace kvprism::app
