// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"

#include <QWidget>

#include <map>
#include <optional>
#include <string_view>

class QAction;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QScrollArea;

namespace kvprism::app {

class ShownStrategy;

// How the memory is compressed: one control for each option of the registry. A choice that cannot be combined
// with the others is disabled and says why; a number that cannot be says so below itself. What is left alone
// keeps its default.
class StrategyPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit StrategyPanel(QWidget* parent = nullptr);

    const select::Settings& settings() const { return m_settings; }
    void setSettings(const select::Settings& settings);
    // What a run would be asked for, or the sentence that says why it cannot be.
    Result<select::Config> config() const;
    void choose(const std::string& option, const std::string& value); // as by hand; empty: its default
    void setRunAction(QAction* action);                               // gets a button below the options
    ShownStrategy* shown() const { return m_shown; }                  // of the run that is looked at

    QSize minimumSizeHint() const override; // as wide as its widest part, so that none is cut off

  Q_SIGNALS:
    void changed();

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    struct Control {
        const select::OptionSpec* option = nullptr;
        QComboBox* choice = nullptr; // one of these two
        QLineEdit* field = nullptr;
        QLabel* label = nullptr;
    };

    void addControl(QFormLayout* form, const select::OptionSpec& option);
    void set(const select::OptionSpec& option, const std::string& value);
    void refresh();
    void refreshChoice(const Control& control, const select::Config& config);

    std::vector<Control> m_controls;
    select::Settings m_settings; // what differs from the defaults
    ShownStrategy* m_shown;
    QLabel* m_method;
    QLabel* m_obstacle;
    QWidget* m_more;
    QScrollArea* m_scroll;
    QPushButton* m_run;
};

// The settings after `option` is set to `value`: a method brings its own rows and pool with it.
select::Settings withSetting(select::Settings settings, const select::OptionSpec& option,
                             const std::string& value);

} // namespace kvprism::app
