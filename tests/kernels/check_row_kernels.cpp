// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/kernels/bf16.h"
#include "engine/kernels/row_kernels.h"
#include "tests/kernels/checks.h"
#include "tests/kernels/device_memory.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace kvprism::test {

namespace {

using namespace kernels;

// Numbers in f32 or bf16, as the device holds them.
class Numbers {
  public:
    Numbers(Number type, std::size_t count) : m_type(type), m_bytes(count * size()) {}
    Numbers(Number type, const std::vector<float>& values) : m_type(type), m_bytes(bytesOf(values)) {}
    void* data() { return m_bytes.data(); }
    std::vector<float> values() const {
        const std::vector<unsigned char> bytes = m_bytes.values();
        std::vector<float> result(bytes.size() / size());
        for (std::size_t i = 0; i < result.size(); ++i) {
            if (m_type == Number::f32) {
                std::memcpy(&result[i], &bytes[4 * i], 4);
            } else {
                std::uint16_t bits = 0;
                std::memcpy(&bits, &bytes[2 * i], 2);
                result[i] = floatOfBf16(bits);
            }
        }
        return result;
    }

  private:
    std::size_t size() const { return m_type == Number::f32 ? 4 : 2; }
    std::vector<unsigned char> bytesOf(const std::vector<float>& values) const {
        std::vector<unsigned char> bytes(values.size() * size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t bits = bf16OfFloat(values[i]);
            std::memcpy(&bytes[i * size()],
                        m_type == Number::f32 ? static_cast<const void*>(&values[i]) : &bits, size());
        }
        return bytes;
    }
    Number m_type;
    DeviceMemory<unsigned char> m_bytes;
};

class Case {
  public:
    Case(Checks& checks, Number type) : m_checks(checks), m_type(type) {}
    Number type() const { return m_type; }
    std::vector<float> normal(std::int64_t count) { // that the type holds exactly
        std::normal_distribution<float> distribution;
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float& value : values) {
            value = distribution(m_checks.random());
            if (m_type == Number::bf16)
                value = floatOfBf16(bf16OfFloat(value));
        }
        return values;
    }
    // As the type holds it.
    double held(float value) const {
        return double(m_type == Number::bf16 ? floatOfBf16(bf16OfFloat(value)) : value);
    }
    void finish(const Launched& launched, const char* name) {
        m_checks.expect(launched.ok(),
                        std::string(name) + (launched.what ? launched.what : " could not be launched"));
        check(cudaDeviceSynchronize(), name);
    }
    void same(const std::vector<float>& values, const std::vector<double>& wanted, const std::string& name) {
        // Rounded twice at most, by half a step of 2⁻⁷ each.
        const double tolerance = m_type == Number::bf16 ? 1e-2 : 1e-5;
        m_checks.expect(values.size() == wanted.size(), name + ": length");
        for (std::size_t i = 0; i < std::min(values.size(), wanted.size()); ++i)
            m_checks.near(double(values[i]), wanted[i], tolerance, 4, name + " " + std::to_string(i));
    }
    int between(int least, int most) { return m_checks.between(least, most); }

  private:
    Checks& m_checks;
    Number m_type;
};

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

void checkAddNorm(Case& c) {
    const int rows = c.between(1, 20), width = 8 * c.between(1, 900);
    const bool adds = c.between(0, 3) > 0;
    const Floats residual = c.normal(rows * width), delta = c.normal(rows * width), weight = c.normal(width);
    Numbers onDevice(c.type(), residual), change(c.type(), delta), normed(c.type(), residual.size());
    DeviceMemory<float> weights(weight);
    c.finish(addNorm({c.type(), onDevice.data(), adds ? change.data() : nullptr, weights.data(),
                      normed.data(), rows, width, 1e-5f},
                     nullptr),
             "addNorm");
    Doubles sums(residual.size()), wanted(residual.size());
    for (int row = 0; row < rows; ++row) {
        double squares = 0;
        for (int i = row * width; i < (row + 1) * width; ++i) {
            sums[at(i)] = c.held(residual[at(i)] + (adds ? delta[at(i)] : 0.0f));
            squares += sums[at(i)] * sums[at(i)];
        }
        for (int i = 0; i < width; ++i)
            wanted[at(row * width + i)] =
                sums[at(row * width + i)] / std::sqrt(squares / width + 1e-5) * double(weight[at(i)]);
    }
    c.same(onDevice.values(), sums, "residual");
    c.same(normed.values(), wanted, "normed");
}

void checkGated(Case& c) {
    const int rows = c.between(1, 30), width = 8 * c.between(1, 300);
    const Floats gateUp = c.normal(2 * rows * width);
    Numbers in(c.type(), gateUp), out(c.type(), at(rows * width));
    c.finish(gatedProduct({c.type(), in.data(), out.data(), rows, width}, nullptr), "gatedProduct");
    Doubles wanted;
    for (int row = 0; row < rows; ++row)
        for (int i = 0; i < width; ++i) {
            const double gate = double(gateUp[at(2 * row * width + i)]),
                         up = double(gateUp[at((2 * row + 1) * width + i)]);
            wanted.push_back(gate / (1 + std::exp(-gate)) * up);
        }
    c.same(out.values(), wanted, "gatedProduct");
}

struct Angles {
    Floats cosine, sine;
    Angles(Case& c, int rows, int half) {
        for (const float angle : c.normal(rows * half)) {
            cosine.push_back(std::cos(angle));
            sine.push_back(std::sin(angle));
        }
    }
    // A head's numbers, turned.
    void turn(double* head, int row, int half) const {
        for (int i = 0; i < half; ++i) {
            const double a = head[i], b = head[i + half], cos = double(cosine[at(row * half + i)]),
                         sin = double(sine[at(row * half + i)]);
            head[i] = a * cos - b * sin;
            head[i + half] = b * cos + a * sin;
        }
    }
};

void checkRotateAndStore(Case& c) {
    constexpr int dims[] = {64, 80, 96, 128, 256, 16};
    const int dim = dims[c.between(0, 5)], half = dim / 2, rows = c.between(1, 20), kvHeads = c.between(1, 3);
    const int queryHeads = kvHeads * c.between(1, 8), heads = queryHeads + 2 * kvHeads,
              first = c.between(0, 9);
    const int capacity = first + rows + c.between(0, 5);
    const bool norms = c.between(0, 1) == 1, rotates = c.between(0, 2) > 0;
    const Floats projected = c.normal(rows * heads * dim), queryNorm = c.normal(dim), keyNorm = c.normal(dim);
    const Angles angles(c, rows, half);
    Numbers in(c.type(), projected), query(c.type(), at(rows * queryHeads * dim));
    const Floats blank(at(kvHeads * capacity * dim), 0.0f);
    Numbers keys(c.type(), blank), values(c.type(), blank);
    DeviceMemory<float> cosine(angles.cosine), sine(angles.sine), qNorm(queryNorm), kNorm(keyNorm);
    DeviceMemory<float> valueNorms(Floats(at(kvHeads * capacity), 0.0f));
    RotateAndStore call;
    call.type = c.type();
    call.projected = in.data();
    call.cosine = cosine.data();
    call.sine = sine.data();
    call.queryNorm = norms ? qNorm.data() : nullptr;
    call.keyNorm = norms ? kNorm.data() : nullptr;
    call.query = query.data();
    call.keys = keys.data();
    call.values = values.data();
    call.valueNorms = valueNorms.data();
    call.capacity = capacity;
    call.rows = rows;
    call.first = first;
    call.queryHeads = queryHeads;
    call.kvHeads = kvHeads;
    call.headDim = dim;
    call.epsilon = 1e-6f;
    call.rotateKeys = rotates;
    c.finish(kernels::rotateAndStore(call, nullptr), "rotateAndStore");

    Doubles wantedQuery, wantedKeys(blank.size()), wantedValues(blank.size()),
        wantedNorms(at(kvHeads * capacity));
    for (int row = 0; row < rows; ++row)
        for (int head = 0; head < heads; ++head) {
            Doubles numbers(projected.begin() + (row * heads + head) * dim,
                            projected.begin() + (row * heads + head + 1) * dim);
            const double squares = std::inner_product(numbers.begin(), numbers.end(), numbers.begin(), 0.0);
            const bool isQuery = head < queryHeads, isValue = head >= queryHeads + kvHeads;
            if (norms && !isValue)
                for (int i = 0; i < dim; ++i)
                    numbers[at(i)] *=
                        double((isQuery ? queryNorm : keyNorm)[at(i)]) / std::sqrt(squares / dim + 1e-6);
            if (isQuery || (!isValue && rotates))
                angles.turn(numbers.data(), row, half);
            if (isQuery) {
                wantedQuery.insert(wantedQuery.end(), numbers.begin(), numbers.end());
                continue;
            }
            const int kvHead = head - queryHeads - (isValue ? kvHeads : 0);
            const std::int64_t slot = std::int64_t(kvHead) * capacity + first + row;
            std::copy(numbers.begin(), numbers.end(),
                      (isValue ? wantedValues : wantedKeys).begin() + slot * dim);
            if (isValue)
                wantedNorms[at(slot)] = std::sqrt(squares);
        }
    c.same(query.values(), wantedQuery, "query");
    c.same(keys.values(), wantedKeys, "keys");
    c.same(values.values(), wantedValues, "values");
    c.same(valueNorms.values(), wantedNorms, "value norms");

    const Angles ofSlots(c, capacity, half);
    DeviceMemory<float> slotCosine(ofSlots.cosine), slotSine(ofSlots.sine);
    Numbers turned(c.type(), blank.size());
    c.finish(rotateKeys({c.type(), keys.data(), turned.data(), slotCosine.data(), slotSine.data(), capacity,
                         capacity, capacity, kvHeads, dim},
                        nullptr),
             "rotateKeys");
    const Floats held = keys.values();
    Doubles wanted(held.begin(), held.end());
    for (int head = 0; head < kvHeads; ++head)
        for (int slot = 0; slot < capacity; ++slot)
            ofSlots.turn(&wanted[at((std::int64_t(head) * capacity + slot) * dim)], slot, half);
    c.same(turned.values(), wanted, "turned keys");
}

void checkMerge(Case& c) {
    const int rows = c.between(1, 40), heads = c.between(1, 9), dim = 8 * c.between(1, 16),
              stride = (rows + 127) / 128 * 128;
    const Floats first = c.normal(rows * heads * dim), second = c.normal(rows * heads * dim);
    Floats firstLse, secondLse;
    for (int i = 0; i < rows * heads; ++i) {
        firstLse.push_back(static_cast<float>(c.between(-200, 400)) / 10);
        secondLse.push_back(static_cast<float>(c.between(-200, 400)) / 10);
    }
    const bool both = c.between(0, 2) > 0, byHead = c.between(0, 1) == 1;
    Numbers a(c.type(), first), b(c.type(), second), out(c.type(), first.size());
    DeviceMemory<float> aLse(firstLse), bLse(secondLse), lse2(at(heads * stride));
    MergeParts call;
    call.type = c.type();
    call.first = both ? a.data() : nullptr;
    call.second = b.data();
    call.firstLse = aLse.data();
    call.secondLse = bLse.data();
    call.rowStride = byHead ? dim : heads * dim;
    call.headStride = byHead ? std::int64_t(rows) * dim : dim;
    call.out = out.data();
    call.lse2 = lse2.data();
    call.lseStride = stride;
    call.rows = rows;
    call.heads = heads;
    call.headDim = dim;
    c.finish(mergeParts(call, nullptr), "mergeParts");
    Doubles wanted, wantedLse(at(heads * stride), std::numeric_limits<double>::infinity());
    for (int row = 0; row < rows; ++row)
        for (int head = 0; head < heads; ++head) {
            const double x = double(firstLse[at(head * rows + row)]),
                         y = double(secondLse[at(head * rows + row)]);
            const double lse = both ? std::max(x, y) + std::log1p(std::exp(-std::abs(x - y))) : y;
            wantedLse[at(head * stride + row)] = lse / std::log(2.0);
            for (int i = 0; i < dim; ++i) {
                const std::size_t from = at(row * call.rowStride + head * call.headStride + i);
                wanted.push_back(both ? double(first[from]) * std::exp(x - lse) +
                                            double(second[from]) * std::exp(y - lse)
                                      : double(second[from]));
            }
        }
    c.same(out.values(), wanted, "merged");
    c.same(lse2.values(), wantedLse, "merged log-sum-exps");
}

void checkCompact(Case& c) {
    const int planes = c.between(1, 6), used = c.between(1, 400), capacity = used + c.between(0, 9);
    const int rowBytes = 4 * c.between(1, 130);
    std::vector<std::int32_t> kept;
    const int share = c.between(1, 10), stay = c.between(0, used);
    for (int row = 0; row < used; ++row)
        if (row < stay || c.between(1, 10) <= share)
            kept.push_back(row);
    std::vector<std::uint32_t> wide(at(std::int64_t(planes) * capacity * rowBytes / 4)),
        narrow(at(planes * capacity));
    std::iota(wide.begin(), wide.end(), 0u);
    std::iota(narrow.begin(), narrow.end(), 7u);
    DeviceMemory<std::uint32_t> wideThere(wide), narrowThere(narrow);
    DeviceMemory<std::int32_t> keptThere(kept);
    Compact call;
    call.parts[0] = {wideThere.data(), rowBytes};
    call.parts[2] = {narrowThere.data(), 4};
    call.planes = planes;
    call.capacity = capacity;
    call.kept = keptThere.data();
    call.count = static_cast<std::int32_t>(kept.size());
    c.finish(kernels::compact(call, nullptr), "compact");
    const auto wideAfter = wideThere.values(), narrowAfter = narrowThere.values();
    Doubles wanted;
    Floats found; // of numbers below 2²⁴
    for (int plane = 0; plane < planes; ++plane)
        for (std::size_t row = 0; row < kept.size(); ++row) {
            const std::int64_t to = std::int64_t(plane) * capacity + std::int64_t(row),
                               from = std::int64_t(plane) * capacity + kept[row];
            found.push_back(static_cast<float>(narrowAfter[at(to)] - narrow[at(from)]));
            wanted.push_back(0);
            for (int word = 0; word < rowBytes / 4; ++word) {
                found.push_back(static_cast<float>(wideAfter[at(to * rowBytes / 4 + word)] -
                                                   wide[at(from * rowBytes / 4 + word)]));
                wanted.push_back(0);
            }
        }
    c.same(found, wanted, "compacted");
}

} // namespace

void checkRowKernels(Checks& checks) {
    for (int round = 0; round < checks.rounds(); ++round) {
        Case c(checks, round % 2 == 0 ? Number::bf16 : Number::f32);
        checkAddNorm(c);
        checkGated(c);
        checkRotateAndStore(c);
        checkMerge(c);
        checkCompact(c);
    }
}

} // namespace kvprism::test
