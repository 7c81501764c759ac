// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/view_export.h"

#include "engine/tables/picture_request.h"
#include "engine/tables/table_file.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/picture.h"
#include "views/picture_views.h"

#include <QFileInfo>

#include <cmath>
#include <optional>

namespace kvprism::views {

namespace {

using tables::OutputFile;

QString endingOf(const QString& path) {
    return QFileInfo(path).suffix().toLower();
}

tables::Selection selectionOf(const Navigator& navigator, const tables::RunSource* other,
                              const ViewExport& what) {
    tables::Selection selection;
    selection.other = other;
    for (const Navigator::TokenRange& range : what.needles)
        selection.needles.push_back({range.first, range.last});
    if (navigator.step() >= 0)
        selection.step = navigator.step();
    if (!navigator.locked().empty())
        selection.token = navigator.effectiveToken();
    return selection;
}

bool isOurPicture(std::string_view begin) {
    return begin.find(drawnBy) != std::string_view::npos &&
           (begin.starts_with("\x89PNG") ||
            begin.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--"));
}

std::string outside(const char* what, double value, double least, double most) {
    return QStringLiteral("The picture's %1 %2 cannot be: it is from %3 to %4.")
        .arg(QLatin1String(what))
        .arg(value)
        .arg(least)
        .arg(most)
        .toStdString();
}

Status checkSize(const ViewExport& what) {
    using namespace tables;
    if (what.width != 0 && (what.width < leastPictureWidth || what.width > mostPictureUnits))
        return usageError(outside("width", what.width, leastPictureWidth, mostPictureUnits));
    if (what.height != 0 && (what.height < leastPictureHeight || what.height > mostPictureUnits))
        return usageError(outside("height", what.height, leastPictureHeight, mostPictureUnits));
    if (!(what.scale >= leastPictureScale && what.scale <= mostPictureScale))
        return usageError(outside("scale", what.scale, leastPictureScale, mostPictureScale));
    return {};
}

Result<const DrawableView*> drawable(const ViewExport& what) {
    const DrawableView* view = findDrawableView(what.view.toStdString());
    if (view)
        return view;
    QStringList names;
    for (const DrawableView& one : drawableViews())
        names << QString::fromUtf8(one.name.data(), static_cast<qsizetype>(one.name.size()));
    return unavailable("The view " + what.view.toStdString() + " has no picture (" +
                       names.join(QStringLiteral(", ")).toStdString() +
                       " have): its numbers come as .csv or .json.");
}

Status write(OutputFile& file, const QByteArray& bytes, const std::string& path) {
    const auto size = static_cast<std::size_t>(bytes.size());
    if (std::fwrite(bytes.constData(), 1, size, file.stream()) != size)
        return ioError("Writing " + path + " failed: is the disk full?");
    return {};
}

Status exportTable(const tables::RunSource& source, const tables::Table& table, tables::Selection selection,
                   const ViewExport& what) {
    selection.step.reset();
    if (table.about != tables::About::oneToken)
        selection.token.reset();
    const auto excerpt = tables::excerptOf(source, table, selection);
    if (!excerpt)
        return excerpt.error();
    const auto format = endingOf(what.path) == QLatin1String("csv") ? tables::TableWriter::Format::csv
                                                                    : tables::TableWriter::Format::json;
    return tables::writeTable(
        table, *excerpt,
        {what.path.toStdString(), format, what.recording.toStdString(), what.with.toStdString()});
}

Status exportPicture(TraceModel& model, const Navigator& navigator, const tables::RunSource& source,
                     const tables::Table& table, const tables::Selection& selection, const ViewExport& what) {
    if (const Status possible = checkSize(what); !possible)
        return possible;
    const auto view = drawable(what);
    if (!view)
        return view.error();
    const auto excerpt = tables::excerptBesidePicture(source, table, selection);
    if (!excerpt)
        return excerpt.error();
    if (const auto columns = table.columns(source); !columns)
        return columns.error();
    const std::string path = what.path.toStdString();
    const auto isOurs = [&](std::string_view begin) { return what.mayReplace || isOurPicture(begin); };
    if (const Status may = tables::mayWriteFile("file name", path, "picture", isOurs,
                                                {what.recording.toStdString(), what.with.toStdString()});
        !may)
        return may;
    std::optional<OutputFile> data;
    if (what.withData) {
        const std::string beside =
            path.substr(0, path.size() - static_cast<std::size_t>(endingOf(what.path).size())) + "csv";
        auto prepared = tables::prepareTable(table, *excerpt,
                                             {beside, tables::TableWriter::Format::csv,
                                              what.recording.toStdString(), what.with.toStdString()});
        if (!prepared)
            return prepared.error();
        data.emplace(std::move(*prepared));
    }
    const auto picture = endingOf(what.path) == QLatin1String("svg")
                             ? drawSvg(model, navigator, **view, what)
                             : drawPng(model, navigator, **view, what);
    if (!picture)
        return picture.error();
    auto file = OutputFile::create(path);
    if (!file)
        return file.error();
    if (const Status written = write(*file, *picture, path); !written)
        return written;
    if (const Status done = file->commit(); !done)
        return done;
    return data ? data->commit() : Status();
}

} // namespace

Status exportView(TraceModel& model, const Navigator& navigator, const ViewExport& what) {
    const tables::Table* table = tables::findTable(what.view.toStdString());
    if (!table)
        return usageError("There is no view " + what.view.toStdString() + ".");
    if (!model.run())
        return unavailable("No run is shown, so there is nothing to write.");
    const tables::StoreSource source(model.store());
    std::optional<tables::StoreSource> other;
    if (what.comparison && what.comparison->b() && what.comparison->b()->run())
        other.emplace(what.comparison->b()->store());
    const tables::Selection selection = selectionOf(navigator, other ? &*other : nullptr, what);
    const QString ending = endingOf(what.path);
    if (ending == QLatin1String("csv") || ending == QLatin1String("json"))
        return exportTable(source, *table, selection, what);
    if (ending == QLatin1String("png") || ending == QLatin1String("svg"))
        return exportPicture(model, navigator, source, *table, selection, what);
    return usageError(
        what.path.toStdString() +
        " ends in none of .csv, .json, .png and .svg, which decide what is written: name it so.");
}

} // namespace kvprism::views
