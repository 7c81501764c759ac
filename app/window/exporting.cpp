// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exporting.h"

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

// The view is chosen where a file's kind usually is.
QString filterOf(const views::DrawableView& view) {
    return Exporting::tr("%1 (*.png *.svg *.csv *.json)").arg(views::viewTitle(view));
}

} // namespace

Exporting::Exporting(views::TraceModel* model, views::Navigator* navigator, QWidget* window)
    : QObject(window), m_model(model), m_navigator(navigator), m_window(window),
      m_view(QStringLiteral("map")),
      m_folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)) {}

void Exporting::ask() {
    if (!m_model->run())
        return;
    auto* dialog = new QFileDialog(
        m_window, tr("Export a view: .png or .svg with its numbers beside it, .csv or .json"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QStringList filters;
    for (const views::DrawableView& view : views::drawableViews())
        filters += filterOf(view);
    dialog->setNameFilters(filters);
    if (const auto* view = views::findDrawableView(m_view.toStdString()))
        dialog->selectNameFilter(filterOf(*view));
    dialog->setDefaultSuffix(QStringLiteral("png"));
    dialog->selectFile(m_view + QStringLiteral(".png"));
    connect(dialog, &QFileDialog::filterSelected, this, [dialog, filters](const QString& filter) {
        const auto at = filters.indexOf(filter);
        if (at >= 0)
            dialog->selectFile(textOf(views::drawableViews()[static_cast<std::size_t>(at)].name) +
                               QStringLiteral(".png"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, [this, dialog, filters](const QString& path) {
        const auto at = filters.indexOf(dialog->selectedNameFilter());
        const auto& view = views::drawableViews()[static_cast<std::size_t>(std::max<qsizetype>(at, 0))];
        write(textOf(view.name), path);
    });
    dialog->open();
}

void Exporting::write(const QString& view, const QString& path) {
    m_view = view;
    m_folder = QFileInfo(path).absolutePath();
    views::ViewExport what;
    what.view = view;
    what.path = path;
    what.mayReplace = true; // the dialog asked
    what.recording = m_recording;
    const bool dark = views::shadesOf(m_window->palette()).dark;
    what.scheme = dark ? views::Scheme::dark : views::Scheme::light;
    QGuiApplication::setOverrideCursor(Qt::WaitCursor);
    const Status done = views::exportView(*m_model, *m_navigator, what);
    QGuiApplication::restoreOverrideCursor();
    if (done)
        Q_EMIT written(path);
    else
        Q_EMIT failed(QString::fromStdString(done.error().message));
}

} // namespace kvprism::app
