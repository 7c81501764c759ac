// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/eval/card.h"

#include "engine/stopwatch.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

namespace kvprism::eval {

namespace {

// The card that libtorch's first one is, as the management library counts: it knows nothing of
// CUDA_VISIBLE_DEVICES.
unsigned firstVisible() {
    const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
    unsigned index = 0;
    if (visible)
        std::from_chars(visible, visible + std::strlen(visible), index);
    return index;
}

} // namespace

// Those few functions of nvml.h that are needed, by their published signatures: all return 0 where all is
// well.
class CardWatch::Library {
  public:
    Library() : m_handle(dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)) {
        const auto init = find<int()>("nvmlInit_v2");
        const auto byIndex = find<int(unsigned, void**)>("nvmlDeviceGetHandleByIndex_v2");
        m_ready = init && byIndex && init() == 0 && byIndex(firstVisible(), &m_device) == 0;
    }
    ~Library() {
        if (m_handle)
            dlclose(m_handle);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    void describe(GpuCard& card) {
        char text[96] = "";
        if (const auto name = find<int(void*, char*, unsigned)>("nvmlDeviceGetName");
            m_ready && name && name(m_device, text, sizeof text) == 0)
            card.name = text;
        if (const auto driver = find<int(char*, unsigned)>("nvmlSystemGetDriverVersion");
            m_ready && driver && driver(text, sizeof text) == 0)
            card.driver = text;
        card.wattsLimit = number("nvmlDeviceGetEnforcedPowerLimit") / 1000;
        card.memoryMhz = number("nvmlDeviceGetClockInfo", memoryClock);
    }

    void look(GpuCard& card) {
        if (!m_ready || millisecondsSince(m_last) < 50)
            return;
        m_last = std::chrono::steady_clock::now();
        const double mhz = number("nvmlDeviceGetClockInfo", smClock);
        card.smMhzLeast = card.smMhzLeast > 0 ? std::min(card.smMhzLeast, mhz) : mhz;
        card.smMhzMost = std::max(card.smMhzMost, mhz);
        card.wattsMost = std::max(card.wattsMost, number("nvmlDeviceGetPowerUsage") / 1000);
        card.celsiusMost = std::max(card.celsiusMost, number("nvmlDeviceGetTemperature", 0));
    }

  private:
    static constexpr int smClock = 1, memoryClock = 2; // nvmlClockType_t

    template <class Function> Function* find(const char* name) const {
        return m_handle ? reinterpret_cast<Function*>(dlsym(m_handle, name)) : nullptr;
    }
    double number(const char* name) const {
        unsigned value = 0;
        const auto get = find<int(void*, unsigned*)>(name);
        return m_ready && get && get(m_device, &value) == 0 ? value : 0;
    }
    double number(const char* name, int kind) const {
        unsigned value = 0;
        const auto get = find<int(void*, int, unsigned*)>(name);
        return m_ready && get && get(m_device, kind, &value) == 0 ? value : 0;
    }

    void* m_handle;
    void* m_device = nullptr;
    bool m_ready = false;
    std::chrono::steady_clock::time_point m_last;
};

CardWatch::CardWatch(at::Device device) {
    if (device.is_cpu())
        return;
    m_library = std::make_unique<Library>();
    m_library->describe(m_card);
}

CardWatch::~CardWatch() = default;

void CardWatch::look() {
    if (m_library)
        m_library->look(m_card);
}

} // namespace kvprism::eval
