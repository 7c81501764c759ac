// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/score/device_lsh_scorer.h"

#include "engine/select/lsh.h"

namespace kvprism::score {

namespace {

using Distance = model::LshRequest::Distance;

Distance distanceOf(select::TieBreak tieBreak) {
    switch (tieBreak) {
    case select::TieBreak::l2:
        return Distance::l2;
    case select::TieBreak::maxSim:
        return Distance::maxSim;
    case select::TieBreak::mahalanobis:
        return Distance::mahalanobis;
    case select::TieBreak::partitionedCentroid:
        return Distance::partitionedCentroid;
    case select::TieBreak::none:
        break;
    }
    return Distance::none;
}

} // namespace

void DeviceLshScorer::add(const model::LayerView& view) {
    if (view.layer.value == m_options.lastLayer)
        m_keys = view.cached;
}

at::Tensor DeviceLshScorer::rank(const model::LshTensors& lsh) const {
    using Order = model::RankRequest::Order;
    if (!m_ranked || m_mode == select::LshMode::magicpigSampling)
        return {};
    return model::opsOf(lsh.matching)
        .rank({.order = m_mode == select::LshMode::magicpigBaseline ? Order::survival : Order::frequency,
               .rows = m_step->rows(),
               .values = lsh.distances,
               .collisions = lsh.collisions,
               .matching = lsh.matching});
}

void DeviceLshScorer::finish(select::StepScores& scores) {
    const auto dim = static_cast<std::int32_t>(m_keys.size(2));
    const at::Tensor projection =
        at::tensor(lshProjection(dim, m_options.tables, m_options.bits, m_options.seed), at::kFloat);
    const model::LshTensors found =
        model::opsOf(m_keys).lsh({.keys = m_keys,
                                  .candidates = m_step->candidates(),
                                  .projection = model::onDevice(projection, m_keys.device()),
                                  .firstQuery = m_memory + m_options.rows.first,
                                  .queries = m_options.rows.count,
                                  .tables = m_options.tables,
                                  .bits = m_options.bits,
                                  .distance = distanceOf(m_options.tieBreak)});
    const at::Tensor order = rank(found);
    HostCopies copies;
    for (const at::Tensor& tensor :
         {found.signatures, found.querySignatures, found.collisions, found.matching})
        copies.add(tensor);
    if (found.distances.defined())
        copies.add(found.distances);
    if (order.defined())
        copies.add(order);
    copies.fetch();
    trace::LshColumns& lsh = scores.lsh;
    lsh.tables = m_options.tables;
    lsh.bits = m_options.bits;
    lsh.signatures = copies.take<std::uint16_t>();
    lsh.promptSignatures = copies.take<std::uint16_t>();
    lsh.collisions = copies.take<std::uint8_t>();
    scores.matchingBits = copies.take<std::int32_t>();
    lsh.u = select::survivalOf(scores.matchingBits, lsh.tables, lsh.bits);
    if (found.distances.defined())
        lsh.distances = copies.take<float>();
    if (order.defined())
        scores.rankedOf(m_ranked->index).order = copies.take<std::int32_t>();
}

} // namespace kvprism::score
