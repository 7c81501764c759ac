// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/quiz_row.h"
#include "views/quiz_view.h"

#include <QPushButton>

namespace kvprism::test {

using select::Settings;

inline const Settings peakRun{{"method", "peak"}};

struct PlannedQuiz : ViewFixture {
    explicit PlannedQuiz(const Settings& settings, std::uint64_t seed = 1, bool withoutText = false,
                         int tokens = 1500) {
        PlannedRunOptions options;
        options.settings = settings;
        options.settings.emplace("budget", "256");
        options.settings.emplace("block-size", "200");
        options.streamTokens = tokens;
        options.seed = seed;
        options.withoutText = withoutText;
        whole = plannedBatch(options);
        model.append(whole);
    }
};

inline std::vector<int> tokensOf(const views::QuizQuestion& question) {
    std::vector<int> tokens;
    for (const views::QuizItem& item : question.items)
        tokens.push_back(item.token);
    return tokens;
}

inline void clickAll(views::QuizView& view, bool stays) {
    for (int i = 0; i < static_cast<int>(view.question()->items.size()); ++i)
        QTest::mouseClick(stays ? view.row(i)->staysButton() : view.row(i)->goesButton(), Qt::LeftButton);
}

} // namespace kvprism::test
