// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/needles.h"

#include <QPointer>
#include <QUndoStack>

#include <algorithm>
#include <utility>

namespace kvprism::views {

// Marks ranges or takes them away.
class Needles::Change final : public QUndoCommand {
  public:
    Change(Needles* needles, std::vector<Range> ranges, bool adds)
        : QUndoCommand(adds ? Needles::tr("mark as needle") : Needles::tr("remove the needle")),
          m_needles(needles), m_ranges(std::move(ranges)), m_adds(adds), m_document(needles->m_document) {}

    void redo() override { apply(m_adds); }
    void undo() override { apply(!m_adds); }

  private:
    void apply(bool add) {
        if (!m_needles || m_needles->m_document != m_document) {
            setObsolete(true); // of a document that is gone
            return;
        }
        if (add)
            m_needles->insert(m_ranges);
        else
            m_needles->erase(m_ranges);
    }

    QPointer<Needles> m_needles;
    std::vector<Range> m_ranges;
    bool m_adds;
    int m_document;
};

namespace {

bool isBefore(const Needles::Range& a, const Needles::Range& b) {
    return std::pair(a.first, a.last) < std::pair(b.first, b.last);
}

} // namespace

Needles::Needles(QUndoStack* undo, QObject* parent) : QObject(parent), m_undo(undo) {}

bool Needles::contains(const Range& range) const {
    return std::binary_search(m_ranges.begin(), m_ranges.end(), range, isBefore);
}

void Needles::add(const std::vector<Range>& wanted) {
    std::vector<Range> ranges = wanted;
    std::erase_if(ranges, [this](const Range& range) { return contains(range); });
    std::sort(ranges.begin(), ranges.end(), isBefore);
    ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
    if (!ranges.empty())
        m_undo->push(new Change(this, std::move(ranges), true));
}

void Needles::remove(const Range& range) {
    if (contains(range))
        m_undo->push(new Change(this, {range}, false));
}

void Needles::take(std::vector<Range> ranges) {
    ++m_document;
    if (ranges == m_ranges)
        return;
    m_ranges = std::move(ranges);
    Q_EMIT changed();
}

void Needles::insert(const std::vector<Range>& ranges) {
    m_ranges.insert(m_ranges.end(), ranges.begin(), ranges.end());
    std::sort(m_ranges.begin(), m_ranges.end(), isBefore);
    Q_EMIT changed();
}

void Needles::erase(const std::vector<Range>& ranges) {
    std::erase_if(m_ranges, [&](const Range& range) {
        return std::find(ranges.begin(), ranges.end(), range) != ranges.end();
    });
    Q_EMIT changed();
}

} // namespace kvprism::views
