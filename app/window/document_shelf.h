// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/text/document.h"
#include "engine/trace/run.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <functional>
#include <memory>
#include <stop_token>

namespace kvprism::app {

// The document that questions go to. Files are read on a thread of their own; the newest wish counts. Lives
// on the window's thread.
class DocumentShelf final : public QObject {
    Q_OBJECT
  public:
    explicit DocumentShelf(QObject* parent = nullptr);
    ~DocumentShelf() override;

    std::shared_ptr<const text::Document> document() const { return m_document; } // nullptr: none
    void open(const QString& path);
    void giveUp(); // what somebody opened and is still on its way
    // The document of a shown run as it was then: the one at hand, the bundled one, the file that the run
    // names, or the text that was recorded. Its hash decides; there is none where nothing has it. Does
    // nothing while a document that somebody opened is on its way.
    void openFor(const trace::Run& run);
    void openBundled();

  Q_SIGNALS:
    void opened(bool asked); // asked: the person opened it, else it came with a run
    void failed(const QString& path, const QString& sentence);
    void missing(); // the shown run's document is not here

  private:
    using Reading = std::shared_ptr<const Result<text::Document>>;
    using How = std::function<Reading(const std::stop_token& stop)>;
    void read(How how, std::function<void(const Reading&)> take);
    void letGo(); // of whatever is being read: it comes too late
    void put(std::shared_ptr<const text::Document> document, bool asked);

    QThread m_thread;
    QObject* m_reader; // lives and dies on m_thread
    quint64 m_wish = 0;
    bool m_isOpening = false; // what somebody opened is on its way
    std::stop_source m_stop;  // of the newest wish
    std::shared_ptr<const text::Document> m_document;
    std::shared_ptr<const text::Document> m_bundled;
};

} // namespace kvprism::app
