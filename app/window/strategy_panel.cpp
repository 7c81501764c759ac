// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/strategy_panel.h"

#include "app/window/shown_strategy.h"
#include "engine/select/method.h"
#include "views/following_font.h"
#include "views/style.h"

#include <QAction>
#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace kvprism::app {

namespace {

using select::OptionKind;

// Always in sight; every other option of the table is one click away.
constexpr std::array<std::string_view, 6> mainOptions{"method",       "mode",       "budget",
                                                      "budget-scope", "block-size", "seed"};

QString text(std::string_view view) {
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

// "max-new-tokens" → "Max new tokens", "per_block" → "Per block"
QString title(std::string_view name) {
    QString words =
        text(name).replace(QLatin1Char('-'), QLatin1Char(' ')).replace(QLatin1Char('_'), QLatin1Char(' '));
    words[0] = words[0].toUpper();
    return words;
}

QString choiceTitle(const select::OptionSpec& option, std::string_view value) {
    if (option.name == "method")
        return text(select::findMethod(value)->title);
    return title(value);
}

// Sentences name options as they are typed; here they are labels.
QString sentence(const Error& error) {
    return QString::fromStdString(error.message).remove(QStringLiteral("--"));
}

} // namespace

select::Settings withSetting(select::Settings settings, const select::OptionSpec& option,
                             const std::string& value) {
    if (option.name == "method" || option.name == "preset")
        for (const char* owned : {"scoring", "score-pool", "score-pool-width"})
            settings.erase(owned);
    const std::string name(option.name);
    settings[name] = value;
    if (option.name == "budget" && value != "auto")
        settings.erase("compression-ratio");
    if (option.name == "compression-ratio" && value != "off")
        settings.erase("budget");
    return settings;
}

StrategyPanel::StrategyPanel(QWidget* parent)
    : QWidget(parent), m_shown(new ShownStrategy), m_method(new QLabel), m_obstacle(new QLabel),
      m_more(new QWidget), m_scroll(new QScrollArea(this)), m_run(new QPushButton(this)) {
    const auto newForm = [](QWidget* owner) {
        auto* form = new QFormLayout(owner);
        form->setContentsMargins(0, 0, 0, 0);
        form->setVerticalSpacing(views::grid);
        form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
        form->setRowWrapPolicy(QFormLayout::WrapLongRows);
        return form;
    };
    auto* body = new QWidget;
    auto* mainWidget = new QWidget;
    QFormLayout* mainForm = newForm(mainWidget);
    QFormLayout* moreForm = newForm(m_more);
    const auto isMain = [](const select::OptionSpec& option) {
        return std::find(mainOptions.begin(), mainOptions.end(), option.name) != mainOptions.end();
    };
    for (const select::OptionSpec& option : select::optionTable())
        // Tokens are marked in the text (Marking), not typed.
        if (option.kind != select::OptionKind::tokenRanges &&
            (option.name != "preset" || select::presetTable().size() > 1))
            addControl(isMain(option) ? mainForm : moreForm, option);

    for (QLabel* label : {m_method, m_obstacle}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        views::followFont(label, views::FontKind::text, views::TextSize::small);
    }
    m_method->setForegroundRole(QPalette::PlaceholderText);
    m_obstacle->setForegroundRole(QPalette::BrightText);
    auto* more = new QToolButton;
    more->setText(tr("More options"));
    more->setCheckable(true);
    more->setArrowType(Qt::RightArrow);
    more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    more->setAutoRaise(true);
    m_more->hide();
    connect(more, &QToolButton::toggled, this, [this, more](bool open) {
        m_more->setVisible(open);
        more->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    auto* reset = new QToolButton;
    reset->setText(tr("Defaults"));
    reset->setAutoRaise(true);
    reset->setToolTip(tr("Set every option back to its default"));
    connect(reset, &QToolButton::clicked, this, [this] {
        setSettings({});
        Q_EMIT changed();
    });
    connect(m_shown, &ShownStrategy::wanted, this, [this](const select::Settings& settings) {
        setSettings(settings);
        Q_EMIT changed();
    });
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(more);
    buttons->addStretch();
    buttons->addWidget(reset);

    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(2 * views::grid, views::grid, 2 * views::grid, 2 * views::grid);
    column->setSpacing(views::grid);
    column->addWidget(m_shown);
    column->addWidget(mainWidget);
    column->addWidget(m_method);
    column->addWidget(m_obstacle);
    column->addLayout(buttons);
    column->addWidget(m_more);
    column->addStretch();
    m_scroll->setWidget(body);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    body->installEventFilter(this);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(m_scroll);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(2 * views::grid, views::grid, 2 * views::grid, views::grid);
    foot->addWidget(m_run);
    outer->addLayout(foot);
    m_run->hide();
    refresh();
}

void StrategyPanel::setRunAction(QAction* action) {
    const auto follow = [this, action] {
        m_run->setText(QString(action->text()).remove(QLatin1Char('&')));
        m_run->setEnabled(action->isEnabled());
        m_run->setToolTip(action->toolTip());
        m_run->setAccessibleDescription(action->toolTip());
    };
    connect(action, &QAction::changed, m_run, follow);
    connect(m_run, &QPushButton::clicked, action, &QAction::trigger);
    follow();
    m_run->show();
}

QSize StrategyPanel::minimumSizeHint() const {
    const QWidget* body = m_scroll->widget();
    return {std::max(body->minimumSizeHint().width() + m_scroll->verticalScrollBar()->sizeHint().width(),
                     m_run->minimumSizeHint().width() + 4 * views::grid),
            16 * views::grid};
}

// What it asks for changes with the letters, and a scroll area keeps that to itself.
bool StrategyPanel::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::LayoutRequest)
        updateGeometry();
    return QWidget::eventFilter(object, event);
}

void StrategyPanel::addControl(QFormLayout* form, const select::OptionSpec& option) {
    Control control;
    control.option = &option;
    control.label = new QLabel(title(option.name));
    QWidget* editor = nullptr;
    if (option.kind == OptionKind::choice) {
        editor = control.choice = new QComboBox;
        for (const std::string_view value : option.choices)
            control.choice->addItem(choiceTitle(option, value), text(value));
        control.choice->setMinimumContentsLength(6);
        control.choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        connect(control.choice, &QComboBox::activated, this, [this, control](int row) {
            set(*control.option, control.choice->itemData(row).toString().toStdString());
        });
    } else {
        editor = control.field = new QLineEdit;
        control.field->setPlaceholderText(text(option.defaultText));
        connect(control.field, &QLineEdit::textEdited, this, [this, control](const QString& value) {
            set(*control.option, value.trimmed().toStdString());
        });
    }
    editor->setAccessibleName(title(option.name));
    editor->setAccessibleDescription(text(option.help));
    editor->setToolTip(text(option.help));
    editor->setObjectName(text(option.name));
    control.label->setToolTip(text(option.help));
    control.label->setBuddy(editor);
    form->addRow(control.label, editor);
    m_controls.push_back(control);
}

void StrategyPanel::setSettings(const select::Settings& settings) {
    m_settings = settings;
    refresh();
}

Result<select::Config> StrategyPanel::config() const {
    return select::configFrom(m_settings);
}

void StrategyPanel::set(const select::OptionSpec& option, const std::string& value) {
    m_settings = withSetting(std::move(m_settings), option, value);
    if (value.empty())
        m_settings.erase(std::string(option.name));
    refresh();
    Q_EMIT changed();
}

void StrategyPanel::choose(const std::string& option, const std::string& value) {
    if (const select::OptionSpec* spec = select::findOption(option))
        set(*spec, value);
}

void StrategyPanel::refresh() {
    for (const Control& control : m_controls) {
        if (!control.field)
            continue;
        const auto found = m_settings.find(std::string(control.option->name));
        const QString value = found == m_settings.end() ? QString() : QString::fromStdString(found->second);
        if (control.field->text().trimmed() != value)
            control.field->setText(value);
    }
    m_shown->compareWith(m_settings);
    const Result<select::Config> wanted = config();
    m_obstacle->setText(wanted ? QString() : sentence(wanted.error()));
    m_obstacle->setVisible(!wanted);
    if (!wanted)
        return;
    const select::MethodSpec* method = select::findMethod(wanted->method);
    m_method->setText(method ? text(method->description) : QString());
    for (const Control& control : m_controls)
        if (control.choice)
            refreshChoice(control, *wanted);
}

void StrategyPanel::refreshChoice(const Control& control, const select::Config& config) {
    const QString now = QString::fromStdString(control.option->get(config));
    control.choice->setCurrentIndex(control.choice->findData(now));
    auto* items = qobject_cast<QStandardItemModel*>(control.choice->model());
    int possible = 0;
    QString lastReason;
    for (int row = 0; row < control.choice->count(); ++row) {
        const std::string value = control.choice->itemData(row).toString().toStdString();
        const auto trial = select::configFrom(withSetting(m_settings, *control.option, value));
        const QString reason = trial ? QString() : sentence(trial.error());
        items->item(row)->setEnabled(trial.ok());
        items->item(row)->setToolTip(reason);
        possible += trial ? 1 : 0;
        if (!trial)
            lastReason = reason;
    }
    // Where nothing else can be chosen the whole control says why.
    const bool open = possible > 1 || control.choice->count() == 1;
    control.choice->setEnabled(open);
    control.choice->setToolTip(open ? text(control.option->help) : lastReason);
    control.choice->setAccessibleDescription(control.choice->toolTip());
}

} // namespace kvprism::app
