#pragma once

#include "ui/audit/AuditExporter.h"
#include "ui/audit/AuditListModel.h"
#include "ui/audit/AuditReader.h"
#include "ui/common/Note.h"
#include "ui/common/Page.h"

class QStackedWidget;

namespace rollcall::common {
class Button;
class EmptyState;
class ErrorBanner;
class LoadingState;
class TableView;
} // namespace rollcall::common

namespace rollcall::audit {

class AuditDetailView;
class ChainBanner;

/// Everything that was done to deployments, newest first, and whether the log of it is whole. Coming to the front,
/// Refresh and Verify all read and check the whole log anew. **Thread-safety:** GUI thread only; never blocks.
class AuditPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme, @p log and @p clock are borrowed and outlive the page.
    AuditPage(const common::Theme &theme, const AuditLog &log, const base::Clock &clock, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("audit"); }
    [[nodiscard]] QString title() const override { return tr("Audit"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Audit; }
    [[nodiscard]] QString help() const override;
    [[nodiscard]] QWidget *details() override;
    void activate() override;
    void refresh() override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

    /// Selects the entry @p seq where it is listed ("Open in Audit").
    void selectEntry(qint64 seq);

    /// Writes the whole log to the file @p path.
    void exportLog(ExportForm form, const QString &path);
    /// Packs evidence of the operation @p operation into the archive @p path; nothing where it is empty.
    void packEvidence(const QString &operation, const QString &path);
    /// Packs evidence of the whole log into the archive @p path.
    void packWholeLog(const QString &path);

Q_SIGNALS:
    /// What the revocation @p operation deleted is to be put back.
    void undoRequested(const QString &operation);
    /// The log was read, and an act would find nothing amiss with it.
    void logFoundSound();

private:
    [[nodiscard]] QWidget *makeHead();
    void makeTable();
    void makeActions();
    void makeExports(common::Button &button);
    /// Asks for a file like @p name, in a dialog that nobody waits for; then @p chosen.
    void chooseFile(const QString &title, const QString &name, const std::function<void(const QString &)> &chosen);
    void say(common::NoteKind kind, const QString &title, const QString &body);
    [[nodiscard]] QString selectedOperation() const;
    void onReady(const AuditReading &reading);
    void showListOrReason(bool neverWritten, bool nothingListed);
    void onFailed(const base::Error &error);
    void onSelectionChanged();
    void updateColumns();
    void resizeEvent(QResizeEvent *event) override;

    const common::Theme &m_theme;
    const base::Clock &m_clock;
    AuditListModel m_model;
    AuditReader m_reader;
    AuditExporter m_exporter;
    std::optional<AuditState> m_state; ///< of the last reading
    std::optional<base::Instant> m_readAt;
    bool m_laterLeftOut = false;

    ChainBanner *m_banner;
    common::ErrorBanner *m_error;
    common::Button *m_export = nullptr;
    common::Note *m_exported; ///< what became of the last export; hidden before the first
    common::LoadingState *m_loading;
    common::TableView *m_table;
    common::EmptyState *m_empty;
    QStackedWidget *m_stack;
    AuditDetailView *m_details;
};

} // namespace rollcall::audit
