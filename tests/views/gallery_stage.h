// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/navigator.h"
#include "views/models/trace_model.h"

#include <QCoreApplication>
#include <QDir>
#include <QPixmap>
#include <QSize>
#include <QString>

namespace kvprism::test {

// A run in the middle of its steps, and pictures of views of it for the gallery.
struct GalleryStage {
    explicit GalleryStage(const views::TraceBatch& batch) {
        bindExtent(&model, &navigator);
        model.append(batch);
        navigator.setStep(model.stepCount() / 2);
    }

    // `prepare` is done to the view once it is shown.
    template <class View, class Prepare>
    void draw(const QDir& folder, const QString& name, QSize size, Prepare prepare) {
        View view(&model, &navigator);
        view.resize(size);
        view.show();
        QCoreApplication::processEvents();
        prepare(view);
        for (int turn = 0; turn < 3; ++turn)
            QCoreApplication::processEvents();
        view.grab().save(folder.filePath(name + QStringLiteral(".png")));
    }

    views::TraceModel model;
    views::Navigator navigator;
};

} // namespace kvprism::test
