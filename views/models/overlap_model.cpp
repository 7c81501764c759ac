// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/overlap_model.h"

#include "engine/select/options.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"

#include <algorithm>

namespace kvprism::views {

OverlapModel::OverlapModel(const TraceModel* model, const Navigator* navigator, QObject* parent)
    : QObject(parent), m_model(model), m_navigator(navigator) {
    m_slices.setInterval(0);
    connect(&m_slices, &QTimer::timeout, this, &OverlapModel::workOn);
    connect(m_model, &TraceModel::runChanged, this, &OverlapModel::resetForRun);
    connect(m_model, &TraceModel::curtainDrawn, this, &OverlapModel::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, &OverlapModel::addSteps);
    connect(m_navigator, &Navigator::stepChanged, this, &OverlapModel::makeStale);
    resetForRun();
}

void OverlapModel::setActive(bool active) {
    m_active = active;
    if (active)
        m_slices.start();
    else
        m_slices.stop();
}

void OverlapModel::compareAll() {
    while (m_stale || m_compared < m_choosing)
        workOn();
}

void OverlapModel::resetForRun() {
    m_config.reset();
    m_methods.clear();
    m_reference = -1;
    m_step = -1;
    m_sets = {};
    m_combinations.clear();
    m_steps.clear();
    m_compared = m_choosing = 0;
    m_next = 0;
    if (m_model->run())
        if (auto config = select::configOfRun(*m_model->run()))
            m_config = std::move(*config);
    if (m_config)
        for (const select::Part& part : select::loneParts(*m_config))
            m_methods.push_back({.spec = part.method, .remedy = select::remedyFor(part, *m_config)});
    addSteps();
}

void OverlapModel::addSteps() {
    const auto& steps = m_model->store().steps();
    for (std::size_t i = m_steps.size(); i < steps.size(); ++i) {
        m_steps.emplace_back();
        if (!select::hadToChoose(*steps[i]))
            continue;
        ++m_choosing;
        for (Method& method : m_methods)
            method.recorded =
                method.recorded || (m_config && select::inputsRecorded(*steps[i], {.method = method.spec}));
    }
    const int reference = m_reference;
    const select::MethodSpec* spec =
        reference < 0 ? nullptr : m_methods[static_cast<std::size_t>(reference)].spec;
    std::ranges::stable_partition(m_methods, [](const Method& method) { return method.recorded; });
    if (spec)
        m_reference = static_cast<int>(std::ranges::find(m_methods, spec, &Method::spec) - m_methods.begin());
    makeStale(); // there may be methods more
}

int OverlapModel::recordedMethods() const {
    return static_cast<int>(std::ranges::count(m_methods, true, &Method::recorded));
}

bool OverlapModel::chooses(int step) const {
    const auto& steps = m_model->store().steps();
    return m_config && step >= 0 && step < static_cast<int>(steps.size()) &&
           select::hadToChoose(*steps[static_cast<std::size_t>(step)]);
}

std::optional<int> OverlapModel::firstChoice() const {
    for (int step = 0; step < static_cast<int>(m_steps.size()); ++step)
        if (chooses(step))
            return step;
    return std::nullopt;
}

void OverlapModel::makeStale() {
    m_stale = true;
    if (m_active)
        m_slices.start();
}

void OverlapModel::refresh() {
    m_stale = false;
    m_step = m_navigator->step();
    m_sets = {};
    if (chooses(m_step)) {
        m_sets = select::keptSets(*m_model->store().steps()[static_cast<std::size_t>(m_step)], *m_config);
        compare(m_step, m_sets);
    }
    combine();
}

std::uint32_t OverlapModel::includedBits() const {
    std::uint32_t bits = 0;
    for (int method = 0; method < static_cast<int>(m_methods.size()); ++method)
        if (m_methods[static_cast<std::size_t>(method)].included && bitOf(method) >= 0)
            bits |= std::uint32_t{1} << bitOf(method);
    return bits;
}

void OverlapModel::combine() {
    m_combinations = m_sets.methods.empty() ? std::vector<select::Combination>()
                                            : select::combinations(m_sets, includedBits());
    Q_EMIT changed();
}

void OverlapModel::setIncluded(int method, bool included) {
    Method& chosen = m_methods[static_cast<std::size_t>(method)];
    if (chosen.included == included)
        return;
    chosen.included = included;
    combine();
}

void OverlapModel::setReference(int method) {
    if (method == m_reference)
        return;
    m_reference = method;
    Q_EMIT changed();
}

int OverlapModel::bitOf(int method) const {
    const auto& found = std::ranges::find(m_sets.methods, m_methods[static_cast<std::size_t>(method)].spec);
    return found == m_sets.methods.end() ? -1 : static_cast<int>(found - m_sets.methods.begin());
}

bool OverlapModel::keeps(const select::Combination& combination, int method) const {
    const int bit = bitOf(method);
    return bit >= 0 && (combination.keepers >> bit & 1) != 0;
}

int OverlapModel::tokensNobodyKeeps() const {
    for (const select::Combination& combination : m_combinations)
        if (combination.keepers == 0)
            return combination.tokens;
    return 0;
}

std::vector<int> OverlapModel::positionsWhere(std::uint32_t mask, std::uint32_t value) const {
    std::vector<int> positions;
    if (m_sets.rows.empty())
        return positions;
    const trace::HeldTokens& held = m_model->store().steps()[static_cast<std::size_t>(m_step)]->held;
    for (std::size_t entry = 0; entry < m_sets.rows.size(); ++entry)
        if ((m_sets.keepers[entry] & mask) == value)
            positions.push_back(held.positions[m_sets.rows[entry]].value);
    return positions;
}

std::vector<int> OverlapModel::tokensOf(const select::Combination& combination) const {
    return positionsWhere(includedBits(), combination.keepers);
}

std::vector<int> OverlapModel::tokensOf(int method) const {
    const int bit = bitOf(method);
    return bit < 0 ? std::vector<int>() : positionsWhere(std::uint32_t{1} << bit, std::uint32_t{1} << bit);
}

std::optional<OverlapModel::Likeness> OverlapModel::likeness(int step, int method) const {
    if (step < 0 || step >= static_cast<int>(m_steps.size()) || !m_steps[static_cast<std::size_t>(step)])
        return std::nullopt;
    const Compared& compared = *m_steps[static_cast<std::size_t>(step)];
    const auto setOf = [&](int index) {
        if (index < 0)
            return compared.tokens.run();
        const auto found =
            std::ranges::find(compared.methods, m_methods[static_cast<std::size_t>(index)].spec);
        return found == compared.methods.end() ? compared.tokens.sets
                                               : static_cast<std::size_t>(found - compared.methods.begin());
    };
    const std::size_t a = setOf(method), b = setOf(m_reference);
    if (a == compared.tokens.sets || b == compared.tokens.sets)
        return std::nullopt;
    const int both = compared.tokens.both(a, b);
    return Likeness{compared.tokens.jaccard(a, b), both,
                    compared.tokens.sizeOf(a) + compared.tokens.sizeOf(b) - both};
}

OverlapModel::SetSize OverlapModel::sizeOf(int method) const {
    const int bit = bitOf(method);
    if (bit < 0 || !m_steps[static_cast<std::size_t>(m_step)])
        return {};
    const select::SharedTokens& tokens = m_steps[static_cast<std::size_t>(m_step)]->tokens;
    const auto set = static_cast<std::size_t>(bit);
    return {tokens.sizeOf(set), tokens.both(set, tokens.run())};
}

void OverlapModel::compare(int step, const select::KeptSets& sets) {
    auto& compared = m_steps[static_cast<std::size_t>(step)];
    if (compared)
        return;
    compared = Compared{sets.methods, select::sharedTokens(sets)};
    ++m_compared;
}

void OverlapModel::workOn() {
    if (m_stale) {
        refresh();
        return;
    }
    while (m_next < m_steps.size() && (m_steps[m_next] || !chooses(static_cast<int>(m_next))))
        ++m_next;
    if (m_next == m_steps.size())
        m_slices.stop();
    else
        compare(static_cast<int>(m_next), select::keptSets(*m_model->store().steps()[m_next], *m_config));
    Q_EMIT compared();
}

} // namespace kvprism::views
