// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/tier_palette.h"

#include <QColor>
#include <QObject>

namespace kvprism::views {

// How one token of the text looks.
struct TokenLook {
    QColor area;                     // behind it; invalid: none
    QColor line;                     // below it, drawn as the pattern asks
    Pattern pattern = Pattern::none; // none and dots: no line
    bool faded = false;              // its letters
    friend bool operator==(const TokenLook&, const TokenLook&) = default;
};

// A way to tint the text's tokens that somebody offers beside tier and score.
class TokenTint : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;

    virtual QString title() const = 0; // a word, on its button
    virtual QString tip() const = 0;
    virtual TokenLook lookOf(int step, int token, const QPalette& palette) const = 0;
    virtual QString sentence(int step) const = 0;        // what the tints say at this step
    virtual QString tell(int step, int token) const = 0; // a line about a token; may be empty

  Q_SIGNALS:
    void changed(); // tokens look otherwise
};

} // namespace kvprism::views
