// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/gpu_bench.h"

namespace kvprism {

Verdict verdictOf(const GpuBenchRow& row) {
    const auto reaches = [&](double goal) {
        return row.better == Better::smaller ? row.ratio <= goal : row.ratio >= goal;
    };
    if (row.aim && reaches(*row.aim))
        return Verdict::aim;
    if (row.floor)
        return reaches(*row.floor) ? Verdict::floor : Verdict::failed;
    return row.aim ? Verdict::belowAim : Verdict::none;
}

const char* nameOf(Verdict verdict) {
    switch (verdict) {
    case Verdict::aim:
        return "aim";
    case Verdict::floor:
        return "floor";
    case Verdict::belowAim:
        return "below aim";
    case Verdict::failed:
        return "FAILED";
    case Verdict::none:
        break;
    }
    return "";
}

// Cheap ones first.
const std::vector<GpuBenchPart>& gpuBenchParts() {
    static const std::vector<GpuBenchPart> all{
        {"ceilings", "a large copy and a large matrix product"},
        {"block", "one block over the kept tokens"},
        {"choosing", "what scoring rows, scoring, selection and compaction add"},
        {"columns", "column sums and peaks of all rows"},
        {"lsh", "LSH from the keys to the ordered list"},
        {"decode", "single tokens over the kept ones"},
        {"prefill", "a long stream, bounded and dense"},
        {"memory", "the device's memory at every length"}};
    return all;
}

} // namespace kvprism
