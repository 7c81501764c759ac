// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/help_panel.h"

#include "views/style.h"

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QTextBrowser>
#include <QTextDocument>
#include <QVBoxLayout>

namespace kvprism::app {

namespace {

QString paragraph(const QString& head, const QString& words) {
    return QStringLiteral("<h3>%1</h3><p>%2</p>").arg(head.toHtmlEscaped(), words.toHtmlEscaped());
}

QString manual() {
    return paragraph(HelpPanel::tr("Ask"),
                     HelpPanel::tr("Open a document, type a question above and press Return. The model reads "
                                   "the document block by block; after each block only as many tokens stay "
                                   "in its memory as the budget allows. Esc stops it.")) +
           paragraph(
               HelpPanel::tr("Look"),
               HelpPanel::tr("The map has the words of the document from left to right and the steps "
                             "from top to bottom; colour says which part of the memory kept a token. "
                             "Point at a token to see it in every view, click to hold it there. The bar "
                             "at the bottom goes through the steps.")) +
           paragraph(HelpPanel::tr("Compare"),
                     HelpPanel::tr("Change the strategy, then “Run as B and compare”: the shown question is "
                                   "asked again and both runs stand side by side. Or press C on a run of the "
                                   "list.")) +
           paragraph(HelpPanel::tr("Arrange"),
                     HelpPanel::tr("Read, Inspect, Compare and Teach are four arrangements of the same "
                                   "panels. Every panel can be shown, hidden, moved and taken out; each "
                                   "workspace remembers how it was left, until its layout is reset."));
}

QString nameOf(const QAction* action) {
    QString name = action->text();
    const bool tabbed = name.contains(QLatin1Char('\t'));
    if (tabbed)
        name = name.section(QLatin1Char('\t'), 0, 0);
    return name.remove(QLatin1Char('&'));
}

QString rowOf(const QAction* action) {
    QString sentence = action->whatsThis().isEmpty() ? action->toolTip() : action->whatsThis();
    return QStringLiteral("<tr><td style='padding-right:12px'><b>%1</b></td><td><p>%2<br/>%3</p></td></tr>")
        .arg(action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped(),
             nameOf(action).toHtmlEscaped(), sentence.toHtmlEscaped());
}

QString rowsOf(const QMenu* menu) {
    QString rows;
    for (const QAction* action : menu->actions()) {
        if (action->menu())
            rows += rowsOf(action->menu());
        else if (!action->isSeparator())
            rows += rowOf(action);
    }
    return rows;
}

} // namespace

HelpPanel::HelpPanel(QWidget* parent) : QWidget(parent), m_page(new QTextBrowser(this)) {
    m_page->setFrameShape(QFrame::NoFrame);
    m_page->setOpenLinks(false);
    m_page->setAccessibleName(tr("Help"));
    m_page->document()->setDocumentMargin(2 * views::grid);
    setFocusProxy(m_page);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_page);
}

QString HelpPanel::text() const {
    return m_page->toPlainText();
}

void HelpPanel::showEvent(QShowEvent* event) {
    refresh();
    QWidget::showEvent(event);
}

void HelpPanel::refresh() {
    QString page = manual();
    if (m_menus)
        for (const QAction* menu : m_menus->actions())
            if (menu->menu())
                page += QStringLiteral("<h3>%1</h3><table cellspacing='4'>%2</table>")
                            .arg(nameOf(menu).toHtmlEscaped(), rowsOf(menu->menu()));
    m_page->setHtml(page);
}

} // namespace kvprism::app
