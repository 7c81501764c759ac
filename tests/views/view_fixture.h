// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fail_on_warning.h"
#include "tests/views/synthetic_model.h"
#include "views/models/navigator.h"
#include "views/style.h"

#include <QApplication>
#include <QTest>

namespace kvprism::test {

// A model with an invented run and its navigator, in our style; every warning of Qt's is collected meanwhile.
struct ViewFixture {
    explicit ViewFixture(const SyntheticOptions& options = {}) : whole(syntheticBatch(options)) {
        views::applyStyle(*qApp, views::Scheme::light);
        views::bindExtent(&model, &navigator);
        model.append(whole);
    }

    // A widget on the screen, laid out and with the focus it can have.
    template <class View> void show(View& view, QSize size) {
        view.resize(size);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QCoreApplication::processEvents();
    }

    // A token that was dropped at some step after the first.
    int droppedToken() const {
        for (int token = 0; token < model.tokenCount(); ++token)
            if (model.survival().droppedAt(token).value_or(0) > 1)
                return token;
        return -1;
    }

    WarningCatcher warnings;
    views::TraceModel model;
    views::Navigator navigator;
    views::TraceBatch whole;
};

} // namespace kvprism::test
