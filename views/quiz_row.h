// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/quiz.h"

#include <QWidget>

class QPushButton;

namespace kvprism::views {

// One word of the quiz in its sentence, the words of all rows below one another. While it is asked about,
// there are two buttons beside it; then its tier, whether the guess was right, and its score.
class QuizRow final : public QWidget {
    Q_OBJECT
  public:
    explicit QuizRow(QWidget* parent = nullptr);

    void ask(const QuizItem& item, const QString& place); // place: "word 2 of 6"
    void reveal(const QuizItem& item, const QString& detail);
    void setGuess(std::optional<bool> stays);
    void setFonts(const QFont& words, const QFont& small);
    // Takes the focus where it can be used: the marked button (else the first), or the row.
    void takeFocus();

    const QuizItem& item() const { return m_item; }
    bool isRevealed() const { return m_revealed; }
    QString verdict() const; // "Stayed (Global)", "Dropped"
    const QString& detail() const { return m_detail; }
    QPushButton* staysButton() const { return m_stays; }
    QPushButton* goesButton() const { return m_goes; }
    QSize sizeHint() const override;
    int heightForWidth(int width) const override;
    QSize minimumSizeHint() const override { return {24 * 8, sizeHint().height()}; }

  Q_SIGNALS:
    void guessed(bool stays);
    void pointedAt(bool inside); // once it is revealed
    void chosen(bool add);       // clicked, or Return or Space with the focus, once it is revealed

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void placeButtons();
    void showMarks();
    void describe();
    int verdictWidth() const;
    int sentenceWidth(int rowWidth) const;
    int heightOf(int detail) const;
    int detailHeight(int rowWidth) const; // in as many lines as it takes
    void paintSentence(QPainter& painter, const QRect& rect) const;
    void paintVerdict(QPainter& painter, const QRect& rect) const;
    static void paintMark(QPainter& painter, const QRect& rect, bool right);

    QuizItem m_item;
    QString m_place;
    QString m_detail;
    bool m_revealed = false;
    QFont m_words;
    QFont m_small;
    QPushButton* m_stays;
    QPushButton* m_goes;
};

} // namespace kvprism::views
