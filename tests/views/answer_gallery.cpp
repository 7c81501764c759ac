// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/answer_gallery.h"

#include "tests/views/gallery_stage.h"
#include "tests/views/synthetic_model.h"
#include "views/answer_text.h"
#include "views/answer_view.h"
#include "views/divergence_strip.h"
#include "views/evidence_list.h"

#include <QAbstractButton>
#include <QTest>

namespace kvprism::test {

using namespace views;

namespace {

// Long enough for lines to break and for bars to stand close.
std::shared_ptr<trace::Answer> longAnswer(const trace::Answer& first) {
    auto answer = std::make_shared<trace::Answer>(first);
    trace::DenseReference& dense = *answer->dense;
    const trace::DenseReference once = dense;
    const std::string sentence = " It was kept in the observatory above the harbour, and nobody answered.";
    dense.text += sentence + sentence;
    for (int times = 0; times < 6; ++times) {
        const auto more = [](auto& all, const auto& some) {
            all.insert(all.end(), some.begin(), some.end());
        };
        more(dense.ids, once.ids);
        more(dense.divergences, once.divergences);
        more(dense.denseLosses, once.denseLosses);
        more(dense.losses, once.losses);
        more(dense.sameLikeliest, once.sameLikeliest);
    }
    dense.textEnds.clear();
    for (std::size_t i = 1; i <= dense.ids.size(); ++i)
        dense.textEnds.push_back(static_cast<std::uint32_t>(i * dense.text.size() / dense.ids.size()));
    for (std::size_t i = 0; i < dense.size(); ++i) // a few places where the two part, as in real answers
        dense.divergences[i] *= i % 11 == 3 ? 3.0F : 0.3F;
    return answer;
}

} // namespace

void drawAnswerViews(const QDir& folder, const QString& suffix) {
    TraceBatch batch = syntheticBatch({});
    GalleryStage stage(batch);
    const auto none = [](AnswerView&) {};
    stage.draw<AnswerView>(folder, QStringLiteral("answer-dock-") + suffix, {360, 520}, none);
    stage.draw<AnswerView>(folder, QStringLiteral("answer-least-") + suffix, {300, 300}, none);
    stage.draw<AnswerView>(folder, QStringLiteral("answer-pointed-") + suffix, {360, 520},
                           [](AnswerView& view) {
                               auto* words = view.findChild<AnswerText*>();
                               QTest::mouseMove(words->viewport(), words->rectOfWord(2).center());
                               auto* strip = view.findChild<DivergenceStrip*>();
                               strip->setFocus();
                               QTest::keyClick(strip, Qt::Key_Right);
                               QTest::keyClick(strip, Qt::Key_Right);
                           });
    stage.draw<AnswerView>(
        folder, QStringLiteral("answer-passage-") + suffix, {360, 520}, [](AnswerView& view) {
            view.findChild<EvidenceList*>()->findChildren<QAbstractButton*>().at(1)->setFocus();
        });
    batch.answers = {longAnswer(*batch.answers.front())};
    GalleryStage longer(batch);
    longer.draw<AnswerView>(folder, QStringLiteral("answer-large-") + suffix, {1200, 700}, none);
    longer.draw<AnswerView>(folder, QStringLiteral("answer-long-") + suffix, {360, 520}, none);
}

} // namespace kvprism::test
