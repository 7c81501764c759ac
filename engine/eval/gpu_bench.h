// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a card does with the engine's parts, beside stock ones: values in, values out (Engine::benchGpu).
namespace kvprism {

struct GpuBenchRequest {
    std::vector<std::string> parts; // names of gpuBenchParts(); empty: all
    std::int32_t blockSize = 4096;  // S, and the tokens kept
    std::int32_t promptRows = 64;
    std::int32_t prefill = 131072;  // tokens of the long reading
    std::int32_t longest = 262144;  // tokens of the longest stream whose memory is looked at
    std::int32_t candidates = 8192; // that LSH ranks
    std::int32_t rounds = 7;        // of what takes less than a second; long readings take two
    std::int32_t decodeTokens = 64; // timed, behind as many that are not
};

enum class Better { smaller, larger };

// One line of the table. `ratio` says how `value` stands to `baseline`, in the words of `ratioOf`; floor and
// aim are ratios, too.
struct GpuBenchRow {
    std::string part; // that measured it
    std::string name; // for scripts: "block", …
    std::string what; // for people
    std::string unit; // of value and baseline: "ms", "GB/s", "MiB", "tokens/s", …
    double value = 0;
    std::string baselineName; // empty: there is nothing beside it
    double baseline = 0;
    double ratio = 0;
    Better better = Better::smaller; // of the ratio
    std::optional<double> floor, aim;
    std::int32_t samples = 0; // that the medians are of
    double spread = 0;        // (largest − smallest) / median of the value's samples
    std::string note;
};

// Of a row without goals; it reaches its aim, at least its floor, not the aim that is its only goal, nothing.
enum class Verdict { none, aim, floor, belowAim, failed };
Verdict verdictOf(const GpuBenchRow& row);
const char* nameOf(Verdict verdict); // "", "aim", "floor", "below aim", "FAILED"

// What one of the parts asks of the card, for the roofline (Williams, Waterman, Patterson, CACM 2009).
struct RooflinePoint {
    std::string name;
    double operations = 0; // floating point, a multiply-add counts two
    double bytes = 0;      // that have to be moved at least
    double seconds = 0;
    bool ours = true; // else libtorch's or cuDNN's

    double intensity() const { return operations / bytes; }
    double operationsPerSecond() const { return operations / seconds; }
};

struct GpuCard {
    std::string name, driver;                            // empty where NVML does not say
    double smMhzLeast = 0, smMhzMost = 0, memoryMhz = 0; // while it worked
    double wattsMost = 0, wattsLimit = 0, celsiusMost = 0;
};

struct GpuBench {
    GpuCard card;
    std::string device; // "cuda", "cpu"
    std::string model;
    double bytesPerSecond = 0;      // read and written by a copy of 1 GiB
    double operationsPerSecond = 0; // of a large matrix product in the model's type; ceilings of the picture
    std::vector<GpuBenchRow> rows;
    std::vector<RooflinePoint> points;
    std::vector<std::string> notMeasured; // sentences: what could not be, and why
    bool stopped = false;                 // before everything was measured
};

struct GpuBenchPart {
    const char* name;
    const char* what;
};
const std::vector<GpuBenchPart>& gpuBenchParts();

} // namespace kvprism
