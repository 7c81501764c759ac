// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/comparison_picture.h"

#include "views/compared_steps.h"
#include "views/difference_map.h"
#include "views/style.h"

#include <QVBoxLayout>

namespace kvprism::views {

ComparisonPicture::ComparisonPicture(const PictureScene& scene, QWidget* host) : QWidget(host) {
    auto* map = new DifferenceMap(scene.model, scene.navigator, scene.comparison, this);
    map->setKeysShown(false); // the page has them
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(2 * grid);
    rows->addWidget(map, 5);
    rows->addWidget(new ComparedSteps(scene.comparison, scene.navigator, this), 3);
}

} // namespace kvprism::views
