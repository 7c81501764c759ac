// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exporting.h"

#include "app/window/comparing.h"
#include "engine/tables/tables.h"
#include "views/models/needles.h"
#include "views/models/trace_model.h"
#include "views/picture_views.h"
#include "views/view_export.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QStandardPaths>

namespace kvprism::app {

namespace {

QString textOf(std::string_view name) {
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

// A picture has its numbers beside it.
QString numbersBeside(const QString& path) {
    const QString ending = QFileInfo(path).suffix();
    const bool picture = ending == QLatin1String("png") || ending == QLatin1String("svg");
    return picture ? path.chopped(ending.size()) + QStringLiteral("csv") : QString();
}

// The view is chosen where a file's kind usually is.
QString filterOf(const views::DrawableView& view) {
    return Exporting::tr("%1 (*.png *.svg *.csv *.json)").arg(views::viewTitle(view));
}

} // namespace

Exporting::Exporting(views::TraceModel* model, views::Navigator* navigator, Comparing* comparing,
                     const views::Needles* needles, QWidget* window)
    : QObject(window), m_model(model), m_navigator(navigator), m_comparing(comparing), m_needles(needles),
      m_window(window), m_view(QStringLiteral("map")),
      m_folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)) {}

std::vector<const views::DrawableView*> Exporting::offered() const {
    std::vector<const views::DrawableView*> some;
    for (const views::DrawableView& view : views::drawableViews()) {
        const auto about = tables::findTable(view.name)->about;
        const bool lacks = (about == tables::About::twoRuns && !m_comparing->comparison()->ready()) ||
                           (about == tables::About::needles && m_needles->ranges().empty());
        if (!lacks)
            some.push_back(&view);
    }
    return some;
}

void Exporting::ask(const QString& preferred) {
    if (!m_model->run())
        return;
    auto* dialog = new QFileDialog(
        m_window, tr("Export a view: .png or .svg with its numbers beside it, .csv or .json"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    const auto choice = offered();
    QStringList filters;
    for (const views::DrawableView* view : choice)
        filters += filterOf(*view);
    const views::DrawableView* first = choice.front();
    for (const QString& wanted : {m_view, preferred}) // the later one counts
        for (const views::DrawableView* view : choice)
            if (textOf(view->name) == wanted)
                first = view;
    dialog->setNameFilters(filters);
    dialog->setLabelText(QFileDialog::FileType, tr("View:"));
    dialog->selectNameFilter(filterOf(*first));
    dialog->setDefaultSuffix(QStringLiteral("png"));
    const QString run = QFileInfo(m_recording).completeBaseName();
    const auto proposal = [run](const QString& view) {
        return (run.isEmpty() ? view : run + QLatin1Char('-') + view) + QStringLiteral(".png");
    };
    dialog->selectFile(proposal(textOf(first->name)));
    const auto viewOf = [choice, filters](const QString& filter) {
        const auto at = filters.indexOf(filter);
        return textOf(choice[static_cast<std::size_t>(std::max<qsizetype>(at, 0))]->name);
    };
    connect(dialog, &QFileDialog::filterSelected, this, [dialog, viewOf, proposal](const QString& filter) {
        dialog->selectFile(proposal(viewOf(filter)));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, viewOf](const QString& path) {
        write(viewOf(dialog->selectedNameFilter()), path);
    });
    dialog->open();
}

void Exporting::write(const QString& view, const QString& path) {
    m_view = view;
    m_folder = QFileInfo(path).absolutePath();
    if (QFileInfo(path).completeBaseName().isEmpty()) // a hidden file that nobody would find again
        return Q_EMIT failed(tr("The file %1 has an ending but no name: give it one.").arg(path));
    views::ViewExport what;
    what.view = view;
    what.path = path;
    what.mayReplace = true; // the dialog asked
    what.recording = m_recording;
    const tables::Table* table = tables::findTable(view.toStdString());
    const auto about = table ? table->about : tables::About::run;
    if (about == tables::About::needles)
        what.needles = m_needles->ranges();
    if ((about == tables::About::needles || about == tables::About::twoRuns) &&
        m_comparing->comparison()->ready()) {
        what.comparison = m_comparing->comparison();
        what.with = m_comparing->path();
    }
    const bool dark = views::shadesOf(m_window->palette()).dark;
    what.scheme = dark ? views::Scheme::dark : views::Scheme::light;
    QGuiApplication::setOverrideCursor(Qt::WaitCursor);
    const Status done = views::exportView(*m_model, *m_navigator, what);
    QGuiApplication::restoreOverrideCursor();
    if (done)
        Q_EMIT written(path, numbersBeside(path));
    else
        Q_EMIT failed(QString::fromStdString(done.error().message));
}

} // namespace kvprism::app
