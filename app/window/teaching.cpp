// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/teaching.h"

#include <QtGlobal>

#include <array>

namespace kvprism::app {

namespace {

constexpr const char* needle = "The number of the spare key of the lamp room is 48213.";

} // namespace

std::span<const Lesson> teaching() {
#define LESSON(text) QT_TRANSLATE_NOOP("kvprism::app::Actions", text)
    static constexpr std::array<Lesson, 4> all{
        {{":/recordings/needle_found.kvtrace", LESSON("A needle &found"),
          LESSON("One sentence says the number of a key. Peak attention from the question keeps it through "
                 "every "
                 "step, and the answer has it."),
          nullptr, needle},
         {":/recordings/needle_lost.kvtrace", LESSON("A needle &lost"),
          LESSON(
              "The same text and question, but each block decides by its own attention: find the step that "
              "drops the key, and why."),
          ":/recordings/needle_found.kvtrace", needle},
         {":/recordings/laser_kv.kvtrace", LESSON("LASER-KV against &recency"),
          LESSON("Attention and hashing (A) against the newest tokens (B), with the same 256 places."),
          ":/recordings/recency.kvtrace", needle},
         {":/recordings/divisor_3.kvtrace", LESSON("What the &divisor does"),
          LESSON("Divisor 3 (A) protects two thirds of the memory and leaves one to choose from; 16 (B) "
                 "protects little and leaves almost all of it."),
          ":/recordings/divisor_16.kvtrace", needle}}};
#undef LESSON
    return all;
}

} // namespace kvprism::app
