// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/views_truth.h"
#include "views/models/lsh_step.h"

#include <algorithm>
#include <map>
#include <set>

namespace kvprism::views {

using trace::Tier;

void ViewsTellTheTruth::checkHashing(std::size_t index) {
    const DirectStep& is = m_case->direct.steps[index];
    const LshStep says(*m_case->model.run(), m_case->model.store().steps()[index]);
    const auto what = [&](const char* of) {
        return QStringLiteral("%1 at step %2").arg(QLatin1String(of)).arg(index);
    };
    std::vector<int> histogram(static_cast<std::size_t>(is.tables) + 1, 0);
    std::size_t candidates = 0;
    for (std::size_t row = 0; row < is.rows() && is.tables > 0; ++row) {
        if (!is.candidates[row])
            continue;
        ++histogram[static_cast<std::size_t>(is.collisions[row])];
        const auto found = says.find(is.positions[row]);
        same("hashing", what("a candidate"), found.has_value(), true);
        if (!found)
            return;
        const HashedToken& token = says.candidates()[*found];
        same("hashing", what("collisions"), token.collisions, is.collisions[row]);
        same("hashing", what("u"), token.u, is.u[row]);
        same("hashing", what("whether it has a distance"), token.distance.has_value(), !is.distances.empty());
        same("hashing", what("whether it stays"), token.outcome != 0, is.keeps(row));
        if (!is.signatures.empty()) { // collisions follow from the signatures
            int meets = 0;
            for (std::size_t table = 0; table < is.signatures.size(); ++table)
                meets += std::ranges::count(is.promptSignatures[table], is.signatures[table][row]) > 0;
            same("hashing", what("tables that meet"), token.collisions, meets);
        }
        ++candidates;
    }
    same("hashing", what("candidates"), says.candidates().size(), candidates);
    same("hashing", what("whether there is anything"), says.empty(), candidates == 0);
    if (says.empty())
        return;
    for (std::size_t meets = 0; meets < histogram.size(); ++meets)
        same("histogram", what("a bar"), says.histogram()[meets].all(), histogram[meets]);
    checkBuckets(says, is);
}

void ViewsTellTheTruth::checkBuckets(const LshStep& says, const DirectStep& is) {
    same("buckets", QStringLiteral("signatures"), says.hasSignatures(), !is.signatures.empty());
    for (std::size_t table = 0; table < is.signatures.size(); ++table) {
        std::map<int, std::pair<int, int>> buckets; // candidates, kept
        std::map<int, int> queries;
        for (std::size_t row = 0; row < is.rows(); ++row)
            if (is.candidates[row]) {
                auto& [all, kept] = buckets[is.signatures[table][row]];
                ++all;
                kept += is.keeps(row);
            }
        for (const int signature : is.promptSignatures[table])
            ++queries[signature];
        std::set<int> used;
        for (const auto& [bucket, counts] : buckets)
            used.insert(bucket);
        for (const auto& [bucket, count] : queries)
            used.insert(bucket);
        const auto use = says.use(static_cast<int>(table), says.buckets());
        same("buckets", QStringLiteral("of table %1").arg(table), use.size(), used.size());
        for (const BucketUse& one : use) {
            const auto [all, kept] = buckets.contains(one.first) ? buckets[one.first] : std::pair(0, 0);
            same("buckets", QStringLiteral("tokens in one of table %1").arg(table), one.candidates.all(),
                 all);
            same("buckets", QStringLiteral("kept in one of table %1").arg(table), one.candidates.kept(),
                 kept);
            same("buckets", QStringLiteral("query tokens of table %1").arg(table), one.queries,
                 queries.contains(one.first) ? queries[one.first] : 0);
        }
    }
}

void ViewsTellTheTruth::checkOverlap() {
    OverlapModel overlap(&m_case->model, &m_case->navigator, nullptr);
    for (std::size_t index = 0; index < m_case->direct.steps.size(); ++index) {
        const DirectStep& is = m_case->direct.steps[index];
        m_case->navigator.setStep(static_cast<int>(index));
        overlap.compareAll();
        const auto candidates = static_cast<int>(std::ranges::count(is.candidates, true));
        same("overlap", QStringLiteral("whether step %1 chooses").arg(index),
             overlap.chooses(static_cast<int>(index)), candidates > is.quota);
        if (candidates <= is.quota)
            continue;
        int inAll = overlap.tokensNobodyKeeps(), keptInAll = 0, kept = 0;
        for (std::size_t row = 0; row < is.rows(); ++row)
            kept += is.candidates[row] && is.keeps(row);
        for (const select::Combination& one : overlap.combinations()) {
            inAll += one.keepers != 0 ? one.tokens : 0;
            keptInAll += one.kept;
        }
        same("overlap", QStringLiteral("all candidates of step %1").arg(index), inAll, candidates);
        same("overlap", QStringLiteral("the kept of step %1").arg(index), keptInAll, kept);
        for (std::size_t method = 0; method < overlap.methods().size(); ++method)
            checkSelector(overlap, static_cast<int>(method), is);
    }
}

// What a method would keep, by the scores in the file, where the rule is to take the largest: those without a
// pool, and what the run itself pooled.
void ViewsTellTheTruth::checkSelector(const OverlapModel& overlap, int method, const DirectStep& is) {
    const std::string name(overlap.methods()[static_cast<std::size_t>(method)].spec->name);
    const auto likeness = overlap.likeness(overlap.step(), method);
    if (!likeness)
        return;
    const std::vector<int> says = overlap.tokensOf(method);
    std::set<int> really;
    for (std::size_t row = 0; row < is.rows(); ++row)
        if (is.candidates[row] && is.keeps(row))
            really.insert(is.positions[row]);
    const int both = static_cast<int>(std::ranges::count_if(says, [&](int t) { return really.contains(t); }));
    const int either = static_cast<int>(says.size() + really.size()) - both;
    if (overlap.reference() < 0) {
        same("overlap", QStringLiteral("what both keep"), likeness->both, both);
        same("overlap", QStringLiteral("what either keeps"), likeness->either, either);
    }
    same("overlap", QStringLiteral("a set's size"), overlap.sizeOf(method).tokens,
         static_cast<int>(says.size()));
    same("overlap", QStringLiteral("a set's kept"), overlap.sizeOf(method).kept, both);

    std::vector<int> order;
    const bool isRun = m_case->direct.selectors.size() == 1 && m_case->direct.selectors[0] == name;
    const auto pooled = is.scores.find("pooled");
    const auto plain = is.scores.contains(name) ? is.scores.find(name) : is.scores.find("other:" + name);
    if (name == "recency")
        for (std::size_t row = is.rows(); row-- > 0;)
            if (is.candidates[row])
                order.push_back(is.positions[row]);
    if (isRun && pooled != is.scores.end())
        order = tokensByColumn(is, pooled->second, name == "knorm");
    else if ((name == "exact" || name == "knorm") && plain != is.scores.end() &&
             !(isRun || m_case->settings.contains("score-pool")))
        order = tokensByColumn(is, plain->second, name == "knorm");
    if (order.empty())
        return;
    order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(is.quota, 0))));
    std::ranges::sort(order);
    same(
        "overlap",
        QStringLiteral("what %1 would keep at step %2").arg(QString::fromStdString(name)).arg(overlap.step()),
        says, order);
}

} // namespace kvprism::views
