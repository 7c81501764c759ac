// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"
#include "tests/support/direct_query.h"
#include "tests/support/planned_run.h"
#include "views/models/navigator.h"
#include "views/models/overlap_model.h"
#include "views/models/trace_model.h"

#include <QTemporaryDir>

#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace kvprism::views {

class LshStep;

using test::DirectRun;
using test::DirectStep;

// A random run as a file, as SQL sees it, and as the window holds it.
struct Case {
    unsigned seed = 0;
    select::Settings settings;
    std::string path;
    DirectRun direct;
    TraceModel model;
    Navigator navigator;

    const trace::CompressionStep& step(std::size_t index) const { return *model.store().steps()[index]; }
};

inline QString described(const Case& one) {
    QString text = QStringLiteral("seed %1:").arg(one.seed);
    for (const auto& [name, value] : one.settings)
        text += QStringLiteral(" %1=%2").arg(QString::fromStdString(name), QString::fromStdString(value));
    return text;
}

template <class T> QString shown(const T& value) {
    if constexpr (std::is_arithmetic_v<T>)
        return QString::number(value);
    else
        return QStringLiteral("…");
}

// Random runs of every kind, recorded: what the views say of the file against what SQL says of it. One run a
// round, looked at by all views; what belongs to a view stands in a truth_of_….cpp.
class ViewsTellTheTruth : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Case> m_case;
    std::mt19937 m_random;
    QString m_different; // the first that was found; empty: none

    // Whether a view says what the file says; remembers the first that does not.
    template <class A, class B> void same(const char* view, const QString& what, const A& says, const B& is) {
        if (says == is || !m_different.isEmpty())
            return;
        m_different = QStringLiteral("%1 %2 says %3 of %4, the file %5")
                          .arg(described(*m_case), QLatin1String(view), shown(says), what, shown(is));
    }
    int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(std::max(limit, 1))); }
    bool maybe() { return below(2) == 0; }

    select::Settings randomSettings(int tokens);

    // Settings that cannot be are drawn again: some methods have no such mode, some budgets no place for
    // pins.
    select::Settings possibleSettings(int tokens);

    void record(const test::PlannedRun& planned, bool withoutText);

    static void open(const std::string& path, TraceModel& model);

    void makeCase(int round);

    // Each view, every step of the case.
    void checkMap(std::size_t index);
    void checkProfile();
    void checkCounts(std::size_t index);
    void checkScores(std::size_t index);
    void checkRanks(std::size_t index);
    void checkHashing(std::size_t index);
    void checkBuckets(const LshStep& says, const DirectStep& is);
    void checkOverlap();
    void checkSelector(const OverlapModel& overlap, int method, const DirectStep& is);
    void checkStories();
    void checkText();
    void checkNeedles();
    void checkTables();
    void checkComparison();

  private Q_SLOTS:
    void theyDo_data();
    void theyDo();
};

// The column by which the file says a step ranked, and its candidates best first. Key norms are the ones of
// which less is better.
std::vector<int> tokensByColumn(const DirectStep& step, const std::vector<float>& values, bool smallestFirst);

} // namespace kvprism::views
