// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/bf16.h"
#include "engine/kernels/lsh_kernels.h"
#include "engine/select/lsh.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/device_memory.h"

#include <algorithm>
#include <cmath>

namespace kvprism::test {

namespace {

using namespace kernels;

struct Case {
    LshTokens shape;
    std::vector<std::uint16_t> keys;
    std::vector<std::uint8_t> candidates;
    std::vector<float> projection;
    std::vector<std::vector<float>> vectors; // centred: tokens, then queries

    float key(std::int64_t index) const { return floatOfBf16(keys[static_cast<std::size_t>(index)]); }
};

Case randomCase(Checks& checks, int round) {
    std::normal_distribution<float> normal;
    Case made;
    LshTokens& in = made.shape;
    in.kvHeads = checks.between(1, 8);
    in.headDim = 16 * checks.between(1, 16);
    in.held = checks.between(1, 700);
    in.queries = round % 7 == 0 ? 1 : checks.between(1, 70);
    in.firstQuery = in.held;
    in.capacity = in.held + in.queries + checks.between(0, 5);
    in.tables = checks.between(1, 12);
    in.bits = checks.between(1, 16);
    in.distance = static_cast<Distance>(round % 5);
    made.keys.resize(static_cast<std::size_t>(in.kvHeads * in.capacity * in.headDim));
    for (auto& key : made.keys)
        key = bf16OfFloat(normal(checks.random()));
    for (int row = 0; row < in.held; ++row)
        made.candidates.push_back(row == 0 || checks.between(0, 3) > 0 ? 1 : 0);
    made.projection.resize(static_cast<std::size_t>(in.headDim * in.tables * in.bits));
    for (float& value : made.projection)
        value = normal(checks.random());
    // Averaged over heads and centred by the candidates' mean.
    std::vector<double> sums(static_cast<std::size_t>(in.headDim));
    std::int64_t count = 0;
    for (int row = 0; row < in.held + in.queries; ++row) {
        std::vector<float> vector;
        for (int d = 0; d < in.headDim; ++d) {
            float sum = 0;
            for (int head = 0; head < in.kvHeads; ++head)
                sum += made.key((head * in.capacity + row) * in.headDim + d);
            vector.push_back(sum / static_cast<float>(in.kvHeads));
            if (row < in.held && made.candidates[static_cast<std::size_t>(row)])
                sums[static_cast<std::size_t>(d)] += double(vector.back());
        }
        count += row < in.held && made.candidates[static_cast<std::size_t>(row)];
        made.vectors.push_back(vector);
    }
    for (auto& vector : made.vectors)
        for (std::size_t d = 0; d < vector.size(); ++d)
            vector[d] -= static_cast<float>(sums[d] / double(count));
    return made;
}

std::vector<std::uint16_t> signatureOf(const Case& made, const std::vector<float>& vector) {
    const int columns = made.shape.tables * made.shape.bits;
    std::vector<std::uint16_t> signature(static_cast<std::size_t>(made.shape.tables));
    for (int column = 0; column < columns; ++column) {
        float sum = 0;
        for (std::size_t d = 0; d < vector.size(); ++d)
            sum = std::fma(
                vector[d],
                made.projection[d * static_cast<std::size_t>(columns) + static_cast<std::size_t>(column)],
                sum);
        if (sum > 0)
            signature[static_cast<std::size_t>(column / made.shape.bits)] |=
                static_cast<std::uint16_t>(1u << (column % made.shape.bits));
    }
    return signature;
}

double distanceOf(const Case& made, std::size_t token) {
    const LshTokens& in = made.shape;
    const auto dim = static_cast<std::size_t>(in.headDim), queries = static_cast<std::size_t>(in.queries);
    const auto query = [&](std::size_t row) -> const std::vector<float>& {
        return made.vectors[static_cast<std::size_t>(in.held) + row];
    };
    const auto meanOf = [&](std::size_t begin, std::size_t end) {
        std::vector<double> mean(dim);
        for (std::size_t row = begin; row < end; ++row)
            for (std::size_t d = 0; d < dim; ++d)
                mean[d] += double(query(row)[d]) / double(end - begin);
        return mean;
    };
    const auto to = [&](const auto& point, const std::vector<double>* spread) {
        double sum = 0;
        for (std::size_t d = 0; d < dim; ++d) {
            const double off = double(made.vectors[token][d]) - double(point[d]);
            sum += spread ? off * off / (*spread)[d] : off * off;
        }
        return std::sqrt(sum);
    };
    double least = std::numeric_limits<double>::infinity();
    switch (in.distance) {
    case Distance::maxSim:
        for (std::size_t row = 0; row < queries; ++row)
            least = std::min(least, to(query(row), nullptr));
        return least;
    case Distance::partitionedCentroid: {
        const std::size_t parts = std::max<std::size_t>(1, std::min<std::size_t>(8, queries / 16));
        for (std::size_t part = 0; part < parts; ++part)
            least =
                std::min(least, to(meanOf(part * queries / parts, (part + 1) * queries / parts), nullptr));
        return least;
    }
    case Distance::mahalanobis:
        if (queries >= 2) {
            const auto mean = meanOf(0, queries);
            std::vector<double> spread(dim, 1e-8);
            for (std::size_t row = 0; row < queries; ++row)
                for (std::size_t d = 0; d < dim; ++d)
                    spread[d] += std::pow(double(query(row)[d]) - mean[d], 2) / double(queries);
            return to(mean, &spread);
        }
        [[fallthrough]];
    default:
        return to(meanOf(0, queries), nullptr);
    }
}

void checkCase(Checks& checks, const Case& made) {
    LshTokens in = made.shape;
    const auto held = static_cast<std::size_t>(in.held), tables = static_cast<std::size_t>(in.tables);
    DeviceMemory<std::uint16_t> keys(made.keys), signatures(held * tables);
    DeviceMemory<std::uint16_t> ofQueries(static_cast<std::size_t>(in.queries) * tables);
    DeviceMemory<std::uint8_t> candidates(made.candidates), collisions(held);
    DeviceMemory<std::int32_t> matching(held);
    DeviceMemory<float> projection(made.projection), distances(held);
    in.keys = keys.data();
    in.candidates = candidates.data();
    in.projection = projection.data();
    DeviceMemory<unsigned char> scratch(lshScratchBytes(in));
    in.scratch = scratch.data();
    const Launched launched = lshColumns(
        in, {signatures.data(), ofQueries.data(), collisions.data(), matching.data(), distances.data()},
        nullptr);
    checks.expect(launched.ok(), "LSH is launched");
    check(cudaDeviceSynchronize(), "lshColumns");

    trace::LshColumns wanted;
    wanted.tables = in.tables;
    wanted.bits = in.bits;
    for (std::size_t row = 0; row < made.vectors.size(); ++row) {
        const auto signature = signatureOf(made, made.vectors[row]);
        auto& to = row < held ? wanted.signatures : wanted.promptSignatures;
        to.insert(to.end(), signature.begin(), signature.end());
    }
    const auto bits = select::completeLsh(wanted);
    checks.expect(signatures.values() == wanted.signatures, "signatures have the CPU's bits");
    checks.expect(ofQueries.values() == wanted.promptSignatures, "queries' signatures have the CPU's bits");
    checks.expect(collisions.values() == wanted.collisions, "collisions are counted");
    checks.expect(matching.values() == bits, "matching bits are counted");
    if (in.distance == Distance::none)
        return;
    const auto measured = distances.values();
    for (std::size_t row = 0; row < held; ++row)
        checks.near(double(measured[row]), distanceOf(made, row), 1e-6, 1e-3,
                    "distance of token " + std::to_string(row));
}

} // namespace

void checkLsh(Checks& checks) {
    for (int round = 0; round < checks.rounds(); ++round)
        checkCase(checks, randomCase(checks, round));
}

} // namespace kvprism::test
