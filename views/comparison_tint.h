// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/run_comparison.h"
#include "views/token_tint.h"

namespace kvprism::views {

// Tints the text by who holds each token: both runs, only A, only B, or neither (faded).
class ComparisonTint final : public TokenTint {
    Q_OBJECT
  public:
    explicit ComparisonTint(const RunComparison* comparison, QObject* parent = nullptr);

    QString title() const override { return tr("A and B"); }
    QString tip() const override { return tr("Tint each token by which of the two runs holds it"); }
    TokenLook lookOf(int step, int token, const QPalette& palette) const override;
    QString sentence(int step) const override;
    QString tell(int step, int token) const override;

  private:
    const RunComparison* m_comparison;
};

} // namespace kvprism::views
