// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/actions.h"
#include "app/window/comparing.h"
#include "app/window/document_shelf.h"
#include "app/window/exporting.h"
#include "app/window/marking.h"
#include "app/window/message_bar.h"
#include "app/window/model_shelf.h"
#include "app/window/replay_controller.h"
#include "app/window/run_controller.h"
#include "app/window/run_trash.h"
#include "app/window/runs_model.h"
#include "app/window/settings.h"
#include "app/window/unfinished_run.h"
#include "app/window/window_layout.h"
#include "engine/select/what_if.h"
#include "views/answer_entry.h"
#include "views/comparison_tint.h"
#include "views/models/navigator.h"

#include <QFile>
#include <QMainWindow>
#include <QPointer>

namespace kvprism::app {

// What a window is given from outside; tests give it other folders and another engine.
struct WindowContext {
    EngineFactory engine;
    QString settingsFile;
    QString runsFolder;
    QString model;  // used where the settings name none
    QString sample; // the bundled recording as a file; empty: there is none
    RunTrash::Throw throwAway = RunTrash::toDesktopsTrash;
};

// Puts model, navigator, controllers and panels together. Wiring only: what happens stands in the parts.
class MainWindow final : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(WindowContext context);
    ~MainWindow() override;

    // Opens what the command line named, or what there is to look at.
    void start(const QString& path);
    void openPath(const QString& path); // a document, recording, memory or model, by the file's ending
    void ask(const QString& question);

    const views::TraceModel& model() const { return m_model; }
    views::Navigator& navigator() { return m_navigator; }
    const RunController& runs() const { return m_runController; }
    const WindowLayout& parts() const { return m_layout; }
    Workspaces& arrangement() { return m_workspaces; }
    Actions& actions() { return m_actions; }
    Marking& marking() { return m_marking; }

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void connectAsking();
    void connectRuns();
    void connectDocuments();
    void connectModels();
    void connectMarks();
    void connectComparison();
    void connectExports();
    void connectVerifying();
    void verifyShown(const QString& document = {}); // where it is now; empty: where it was
    void onVerified(const Ending& ending);
    QString obstacleToVerify() const; // empty: none
    void refreshRunActions();
    void connectMemories();
    QString obstacleToKeep() const;      // the memory that is held; empty: none
    QString obstacleToAskMemory() const; // of the shown run; empty: none
    void onMemorySaved(const Ending& ending);
    void askFromMemory(const QString& recording); // shows it first
    void useMemory(bool use);                     // for the next questions
    views::AnswerOrigin originOf(const trace::Answer& answer) const;
    void askTheOtherWay(const QString& question); // for any question, or for this one
    void readInstead();                           // of a memory that cannot be used: asks the question again
    void goToStep(const QString& recording, int step);
    void compareWith(const QString& recording);
    void swapCompared();
    void nameCompared();
    void layBeside(const QString& recording); // the shown run, which may be on its way
    void setShownRecording(const QString& path);
    void sayOf(const QString& recording, const QString& sentence);
    void showCompared();
    void refreshMarks();
    void connectRunsList();
    QString obstacleToCompare(const QString& recording) const; // with the shown run; empty: none
    QString obstacleToDelete(const QString& recording) const;  // empty: none
    void deleteRun(const QString& recording);                  // to the trash
    void deleteForGood(const QString& recording);
    void forgetDeleted(const QString& recording);
    void putBackDeleted(bool show);
    QString nameOfRun(const QString& recording) const;
    void offerUnfinishedRun();
    void openLastDocument(); // else the sample
    void showSample();
    void onReopened();
    void rememberShown();
    QString settingsSentence(bool placed) const;
    void read(const QString& question, const select::Config& config); // the open document
    void runBeside();
    void compareEnded(const Ending& ending); // where it was asked for beside another
    QString obstacleToRunBeside() const;     // empty: none
    void findInText();
    void runWhatIf(const select::WhatIf& changed);
    void connectRecordings();
    void connectActions();
    void connectReplayActions();
    void restore();

    void openRecording(const QString& path);
    void openLesson(int index); // of teaching()
    void markNeedleOfLesson();
    void openModel(const QString& path);
    void chooseFile(const QString& title, const QString& filter, void (MainWindow::*open)(const QString&));
    void openDocument(const QString& path) {
        m_reopening = false;
        m_shelf.open(path);
    }

    void leaveRun();
    void showDocument();
    void onRunStarted(const RunRequest& request);
    void onRunFinished(const Ending& ending);
    MessageBar::Action wayOnAfterFailure(const Ending& ending);
    void onRunShown();
    void revealEvidence();
    bool leaveEmptyRun();
    void escape();
    void rescueFocus(const QPointer<QWidget>& old, const QPointer<QWidget>& now);
    void scaleTextBy(double factor);
    void setTextScale(double scale);
    void applyTextScale();

    void refreshTop();
    void refreshMeter();
    void refreshStatus();
    QString modelPath() const;
    QString estimate() const; // of asking about the document with the strategy as it stands

    WindowContext m_context;
    Settings m_settings;
    views::TraceModel m_model;
    views::Navigator m_navigator;
    RunsModel m_runsModel;
    Marking m_marking;
    Comparing m_comparing;
    views::ComparisonTint m_comparisonTint;
    Actions m_actions;
    WindowLayout m_layout;
    Workspaces m_workspaces;
    Exporting m_exporting;
    DocumentShelf m_shelf;
    UnfinishedRun m_unfinished;
    RunTrash m_trash;
    ModelShelf m_models;
    ReplayController m_replayController;
    RunController m_runController;
    std::pair<QString, QString> m_spokenOf; // recording and sentence in the message, while it stands there
    QString m_shownRecording;               // empty: none is shown, or the run is not recorded
    QString m_liveRecording;                // of the newest run
    QString m_liveQuestion;
    LastShown m_lastShown; // of the session before, until it is there again
    bool m_reopening = false;
    QString m_questionBesideSample; // while the sample is on its way
    QString m_besideOf;             // the recording that the newest run is to be compared with when it ends
    QString m_memory;               // that the next questions go to; empty: the document is read
    QString m_wantedMemory;         // the recording whose memory is asked for, until it is shown
    std::optional<std::pair<QString, int>> m_wantedStep; // of a recording, when it is there
    QString m_needleOfLesson;                            // to be marked when its recording is there
    QString m_device = tr("not loaded yet");             // then where and how the model runs
    QString m_summary;                                   // of the newest run, for the status line
};

} // namespace kvprism::app
