// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/files/model_summary.h"

#include <QObject>
#include <QString>
#include <QThread>

#include <memory>

namespace kvprism::app {

// What is known of the chosen model before it is loaded: its files are looked at on a thread of their own,
// without libtorch. The newest wish counts. Lives on the window's thread.
class ModelShelf final : public QObject {
    Q_OBJECT
  public:
    explicit ModelShelf(QObject* parent = nullptr);
    ~ModelShelf() override;

    // `asked`: the person chose it just now; else it is the one of last time.
    void look(const QString& path, bool asked);
    std::shared_ptr<const files::ModelSummary> summary() const { return m_summary; } // nullptr: not known

  Q_SIGNALS:
    void known(bool asked); // summary() is of the newest wish
    void failed(const QString& path, const QString& sentence, bool asked);

  private:
    QThread m_thread;
    QObject* m_reader; // lives and dies on m_thread
    quint64 m_wish = 0;
    std::shared_ptr<const files::ModelSummary> m_summary;
};

// Bytes by part, for people: weights, and keys and values of a token and of a whole budget.
QString bytesByPart(const files::ModelSummary& model, int budget);

} // namespace kvprism::app
