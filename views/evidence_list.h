// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/answer_links.h"

#include <QWidget>

class QVBoxLayout;

namespace kvprism::views {

class Navigator;
class TraceModel;

// The passages of the document that an answer attended most to; one click marks a passage in every view.
class EvidenceList final : public QWidget {
    Q_OBJECT
  public:
    EvidenceList(const TraceModel* model, Navigator* navigator, QWidget* parent);

    void show(const AnswerLinks& links); // of an answer of the model's run
    void clear();
    const std::vector<EvidencePassage>& passages() const { return m_passages; }
    const QList<QWidget*>& rows() const { return m_rows; } // one for each passage, in their order
    // One line a passage, with its place in the document: to be copied with the answer.
    QString text() const;

  private:
    const TraceModel* m_model;
    Navigator* m_navigator;
    QVBoxLayout* m_column;
    std::vector<EvidencePassage> m_passages;
    QList<QWidget*> m_rows;
};

} // namespace kvprism::views
