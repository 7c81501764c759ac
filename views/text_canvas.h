// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"
#include "views/models/navigator.h"
#include "views/models/paragraphs.h"
#include "views/models/text_search.h"
#include "views/token_tint.h"

#include <QAbstractScrollArea>
#include <QPen>
#include <QPointer>
#include <QTextLayout>

#include <map>
#include <memory>
#include <optional>

namespace kvprism::views {

class Needles;
class TokenMarks;
class TraceModel;

enum class TextTint { tier, score, source };

// The scrolled document of a TextView. Only the paragraphs that can be seen are laid out; the heights of the
// others are estimates until then, and what is on the screen stays where it is when an estimate turns out
// wrong.
class TextCanvas final : public QAbstractScrollArea {
    Q_OBJECT
  public:
    static constexpr int mostLettersPerLine = 112; // longer lines are hard to read

    TextCanvas(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    void setTint(TextTint tint);
    TextTint tint() const { return m_tint; }
    // What TextTint::source shows; nullptr: none, and where it was shown, tiers are again.
    void setTintSource(TokenTint* source);
    void setMarks(const TokenMarks* marks);  // pinned and evicted tokens, drawn as such; outlives the canvas
    void setNeedles(const Needles* needles); // under a line and a diamond; outlives the canvas
    void setSpacesVisible(bool visible);
    void setHits(const std::vector<Hit>* hits, int current); // drawn as frames; nullptr: none
    void reveal(int token);
    void copyRange() const; // the brushed range, else the locked token

    std::optional<int> tokenAt(const QPoint& viewportPoint); // lays out what it needs
    QRectF rectOf(int token);                                // in the viewport; empty where it has no extent
    // For a picture: scrolls so that whole lines stand from the top on, those around `token` (nothing: the
    // beginning), and gives the height in which whole lines fit, at most `most`. Call with the width set.
    int arrangeLines(std::optional<int> token, int most);
    Navigator::TokenRange shownTokens(); // those of the lines in the viewport; [0, −1] where there is none
    // The line below tokens of that tier, their second cue beside the tint.
    static QPen linePenOf(trace::Tier tier, const QPalette& palette);
    static QPen linePenOf(Pattern pattern, const QColor& colour);
    int laidOutParagraphs() const { return static_cast<int>(m_laidOut.size()); }
    int paragraphs() const { return m_heights.count(); }

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    // A token's part on one line; a character that several tokens make is shared out among them.
    struct Piece {
        int token = 0;
        QRectF rect; // within the paragraph
    };
    struct LaidOut {
        std::unique_ptr<QTextLayout> layout;
        std::vector<Piece> pieces;
        double above = 0;  // heading
        double height = 0; // all of it
    };

    void resetForRun();
    void resetLayout(); // another width, font or way to show spaces
    void updateHover();
    void updateStep();
    bool isLaidOut(std::optional<int> token) const;
    const LaidOut& laidOut(int row);
    LaidOut layOut(int row) const;
    void findPieces(LaidOut& laid, const Paragraph& paragraph) const;
    void layOutVisible();
    void forgetHidden(int first, int last);
    QString shownText(const Paragraph& paragraph) const;
    int paragraphOf(int offset) const;
    double columnWidth() const;
    int scrollEnd() const;
    void moveToken(int by, bool extendRange);
    void scrollToStream(bool end);

    void paintParagraph(QPainter& painter, int row, double top);
    void paintHeading(QPainter& painter, int row, double top) const;
    void paintTints(QPainter& painter, const LaidOut& laid, const std::vector<TokenLook>& looks,
                    const QPointF& at) const; // one look a piece
    void paintInk(QPainter& painter, const LaidOut& laid, const std::vector<TokenLook>& looks,
                  const QPointF& at) const;
    void paintHandMark(QPainter& painter, int token, const QRectF& rect) const;
    void paintNeedles(QPainter& painter, int token, const QRectF& rect) const;
    void paintMarks(QPainter& painter, const LaidOut& laid, const QPointF& at) const;
    void paintHits(QPainter& painter, const LaidOut& laid, int row, const QPointF& at) const;
    void paintReadEdge(QPainter& painter, const LaidOut& laid, const QPointF& at) const;
    void paintHover(QPainter& painter) const;
    TokenLook lookOf(int token) const;
    std::vector<TokenLook> looksOf(const LaidOut& laid) const; // of its pieces
    QColor scoreTintOf(int token) const;
    QColor fadedInkOf(int token, const TokenLook& look) const;

    TraceModel* m_model;
    Navigator* m_navigator;
    std::vector<Paragraph> m_paragraphs;
    RowHeights m_heights;
    std::map<int, LaidOut> m_laidOut;
    TextTint m_tint = TextTint::tier;
    QPointer<TokenTint> m_source;
    const TokenMarks* m_marks = nullptr;
    const Needles* m_needles = nullptr;
    bool m_spacesVisible = false;
    const std::vector<Hit>* m_hits = nullptr;
    int m_currentHit = -1;
    int m_gutter = 0;
    double m_lineHeight = 1;
    int m_firstSeen = 0;                                  // first row that was painted last
    std::map<int, std::vector<TokenLook>> m_paintedLooks; // by row, of all that were painted last
    int m_paintedEdge = 0;                                // the first token that was not read then
    bool m_pressed = false;
    bool m_brushing = false;
    int m_pressedToken = -1;
    QPoint m_pressedAt;
    std::optional<QPoint> m_pointer;
    std::optional<int> m_hovered; // that was shown, or would have been
};

} // namespace kvprism::views
