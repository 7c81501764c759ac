// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/tables.h"
#include "tests/views/planned_model.h"
#include "tests/views/view_fixture.h"
#include "views/models/run_comparison.h"
#include "views/picture_views.h"
#include "views/view_export.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QXmlStreamReader>

namespace kvprism::test {

using namespace views;

inline QByteArray content(const QString& file) {
    QFile opened(file);
    return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
}

// The words of a document, as a reader of it finds them; fails where it is not well formed.
inline QString wordsOf(const QString& svg) {
    QXmlStreamReader reader(content(svg));
    QString words;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::Characters && !reader.isWhitespace())
            words += reader.text().toString() + QLatin1Char('\n');
    return reader.hasError() ? QString() : words;
}

inline QString nameOf(const DrawableView& view) {
    return QString::fromUtf8(view.name.data(), static_cast<qsizetype>(view.name.size()));
}

// Every view has something to show of this run: hashed, with all scores.
inline TraceBatch hashedRun() {
    PlannedRunOptions options;
    options.settings = {
        {"method", "lsh"}, {"budget", "256"}, {"block-size", "256"}, {"record-detail", "full"}};
    options.streamTokens = 2000;
    TraceBatch batch = plannedBatch(options);
    for (const auto& step : batch.steps)
        batch.applied.push_back({step->index, 1.5, 4096});
    return batch;
}

// A run over the same tokens, by another method.
inline TraceBatch otherRun(const TraceBatch& first) {
    PlannedRunOptions options;
    options.settings = {{"method", "recency"}, {"budget", "384"}, {"block-size", "256"}};
    options.streamTokens = 2000;
    TraceBatch batch = plannedBatch(options);
    auto run = std::make_shared<trace::Run>(*batch.run);
    run->tokens = first.run->tokens;
    run->id = std::string(32, 'b');
    batch.run = run;
    return batch;
}

// A run beside another one, with what every view can be about.
struct ExportFixture : ViewFixture {
    ExportFixture() : comparison(&model) {
        model.append(hashedRun());
        other.append(otherRun(hashedRun()));
        comparison.setOther(&other);
    }

    // Gives the view what it is about.
    void address(ViewExport& what) {
        const auto about = tables::findTable(what.view.toStdString())->about;
        if (about == tables::About::twoRuns || about == tables::About::needles)
            what.comparison = &comparison;
        if (about == tables::About::needles)
            what.needles = {{100, 110}, {1500, 1530}};
    }

    TraceModel other;
    RunComparison comparison;
};

// Where a test's exports go.
class ExportFolder {
  protected:
    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.filePath(name); }
    // A picture alone, or a table.
    ViewExport wanted(const char* view, const char* file) const {
        ViewExport what;
        what.view = QLatin1String(view);
        what.path = path(QLatin1String(file));
        what.withData = false;
        return what;
    }
    QStringList leftOvers() const {
        return QDir(m_folder.path()).entryList({QStringLiteral("*.new-*"), QStringLiteral("refused*")});
    }
};

} // namespace kvprism::test
