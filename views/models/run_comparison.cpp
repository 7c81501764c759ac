// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/run_comparison.h"

#include "views/models/trace_model.h"

#include <algorithm>

namespace kvprism::views {

using trace::Tier;

int KeptCounts::of(KeptBy who) const {
    switch (who) {
    case KeptBy::both:
        return both;
    case KeptBy::onlyA:
        return onlyA;
    case KeptBy::onlyB:
        return onlyB;
    case KeptBy::neither:
        return neither;
    case KeptBy::unread:
        break;
    }
    return unread;
}

double KeptCounts::jaccard() const {
    return held() == 0 ? 1 : static_cast<double>(both) / held();
}

RunComparison::RunComparison(TraceModel* a, QObject* parent) : QObject(parent), m_a(a) {
    follow(a);
}

void RunComparison::follow(TraceModel* model) {
    connect(model, &TraceModel::runChanged, this, &RunComparison::recheck);
    connect(model, &TraceModel::stepsAppended, this, &RunComparison::stepsChanged);
    connect(model, &TraceModel::answersChanged, this, &RunComparison::answersChanged);
    connect(model, &TraceModel::curtainDrawn, this, &RunComparison::stepsChanged);
    connect(model, &TraceModel::curtainDrawn, this, &RunComparison::answersChanged);
}

void RunComparison::setOther(TraceModel* b) {
    if (b == m_b)
        return;
    if (m_b)
        m_b->disconnect(this);
    m_b = b;
    if (b) {
        follow(b);
        connect(b, &QObject::destroyed, this, &RunComparison::recheck);
    }
    recheck();
}

const TraceModel* RunComparison::b() const {
    return m_b;
}

void RunComparison::recheck() {
    m_both.clear();
    m_obstacle.clear();
    m_ready = m_b && m_a->run() && m_b->run();
    if (m_ready) {
        if (const Status same = trace::checkSameTokens(*m_a->run(), *m_b->run()); !same) {
            m_obstacle = QString::fromStdString(same.error().message);
            m_ready = false;
        }
    }
    Q_EMIT runsChanged();
}

QStringList RunComparison::notices() const {
    if (!m_ready)
        return {};
    const trace::Run& a = *m_a->run();
    const trace::Run& b = *m_b->run();
    QStringList notices;
    if (a.blockSize != b.blockSize)
        notices << tr("A read in blocks of %1 tokens, B of %2: only steps after which both have read as much "
                      "are compared.")
                       .arg(a.blockSize)
                       .arg(b.blockSize);
    if (a.withoutText || b.withoutText)
        notices << tr("Recorded without text: nothing shows whether both read the same document.");
    else if (a.question != b.question)
        notices << tr("The two were asked different questions.");
    if (a.model.sha256 != b.model.sha256)
        notices << tr("The two ran on different model files.");
    return notices;
}

std::optional<int> RunComparison::partnerOf(int step) const {
    if (!m_ready || step < 0 || step >= m_a->stepCount())
        return std::nullopt;
    const int end = m_a->survival().readEnd(step);
    const auto partner = m_b->survival().readAt(end - 1);
    if (!partner || m_b->survival().readEnd(*partner) != end)
        return std::nullopt;
    return partner;
}

int RunComparison::comparedSteps() const {
    int compared = 0;
    for (int step = 0; m_ready && step < m_a->stepCount(); ++step)
        compared += partnerOf(step).has_value();
    return compared;
}

std::optional<int> RunComparison::lastComparedStep(int step) const {
    for (; step >= 0; --step)
        if (partnerOf(step))
            return step;
    return std::nullopt;
}

const std::vector<StreamPos>& RunComparison::heldByBoth(int step, int partner) const {
    const auto at = static_cast<std::size_t>(step);
    if (m_both.size() <= at)
        m_both.resize(at + 1);
    if (!m_both[at])
        m_both[at] = trace::compareKept(*m_a->store().steps()[at],
                                        *m_b->store().steps()[static_cast<std::size_t>(partner)])
                         .both;
    return *m_both[at];
}

KeptBy RunComparison::at(int step, int token) const {
    const auto partner = partnerOf(step);
    if (!partner)
        return KeptBy::unread;
    const auto a = m_a->survival().tier(step, token);
    const auto b = m_b->survival().tier(*partner, token);
    if (!a || !b)
        return KeptBy::unread;
    const bool heldA = *a != Tier::dropped;
    const bool heldB = *b != Tier::dropped;
    return heldA ? (heldB ? KeptBy::both : KeptBy::onlyA) : heldB ? KeptBy::onlyB : KeptBy::neither;
}

KeptCounts RunComparison::count(int step, int first, int end) const {
    KeptCounts counts;
    const int tokens = m_a->tokenCount();
    first = std::clamp(first, 0, tokens);
    end = std::clamp(end, first, tokens);
    const auto partner = partnerOf(step);
    if (!partner) {
        counts.unread = end - first;
        return counts;
    }
    const TierCounts a = m_a->survival().count(step, first, end);
    const TierCounts b = m_b->survival().count(*partner, first, end);
    const std::vector<StreamPos>& both = heldByBoth(step, *partner);
    const auto from = std::lower_bound(both.begin(), both.end(), StreamPos(first));
    const auto to = std::lower_bound(from, both.end(), StreamPos(end));
    counts.both = static_cast<int>(to - from);
    counts.onlyA = a.kept() - counts.both;
    counts.onlyB = b.kept() - counts.both;
    counts.neither = a.read() - counts.held();
    counts.unread = a.unread;
    return counts;
}

KeptCounts RunComparison::count(int step) const {
    return count(step, 0, m_a->tokenCount());
}

} // namespace kvprism::views
