// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"

#include <cstddef>
#include <span>
#include <string>

namespace kvprism::files {

// Reading a mapped file behind the place where somebody has cut it, or where the disk fails, raises SIGBUS,
// which ends a program. Under a guard the rest of the mapping becomes zeros instead, and the guard knows:
// whoever has read looks at isWhole() before what came of it counts. Signals elsewhere go to the handler that
// was there before the first guard.
class CutGuard {
  public:
    // Of a mapping of a file, from the beginning of a page. Fails where a thousand are guarded already.
    static Result<CutGuard> over(std::span<const std::byte> mapping);
    CutGuard(CutGuard&& other) noexcept;
    CutGuard& operator=(CutGuard&& other) noexcept;
    ~CutGuard();

    void release();       // to be called before the mapping goes
    bool isWhole() const; // any thread

  private:
    struct Slot;
    explicit CutGuard(Slot* slot) : m_slot(slot) {}
    Slot* m_slot;

    friend struct CutHandler;
};

} // namespace kvprism::files
