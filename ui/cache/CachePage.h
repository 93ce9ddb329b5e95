#pragma once

#include "ui/cache/CacheListModel.h"
#include "ui/common/Page.h"
#include "ui/common/PurgeRequest.h"

class QStackedWidget;

namespace rollcall::common {
class Button;
class EmptyState;
class ErrorBanner;
class Label;
class LoadingState;
class Note;
class TableView;
} // namespace rollcall::common

namespace rollcall::cache {

/// What the shared cache holds of sessions, how it stands to the rows, and the way to remove copies. Nothing is asked
/// of the cache's server until somebody wants it. **Thread-safety:** GUI thread only; never blocks.
class CachePage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    CachePage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("cache"); }
    [[nodiscard]] QString title() const override { return tr("Cache"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Cache; }
    [[nodiscard]] QString help() const override;
    void refresh() override;
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

Q_SIGNALS:
    /// Copies are to be removed, through the Plan.
    void purgeRequested(const rollcall::common::PurgeRequest &request);

private:
    [[nodiscard]] bool hasCache() const;
    [[nodiscard]] QString configured() const;
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeStates();
    void makeActions();
    void onReady(const CacheLook &look);
    void onFailed(const base::Error &error);
    void onSelectionChanged();
    void showDrift();
    void purgeSelected();
    void purgeDrifted();

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    CacheReader m_reader;
    CacheListModel m_model;
    bool m_looked = false;
    bool m_changed = false; ///< sessions or copies changed since the look

    common::Button *m_look = nullptr;
    common::Button *m_purge = nullptr;
    common::ErrorBanner *m_error = nullptr;
    common::LoadingState *m_loading = nullptr;
    common::Note *m_drift = nullptr;
    common::Button *m_purgeDrifted = nullptr;
    common::TableView *m_table = nullptr;
    common::EmptyState *m_empty = nullptr;
    common::Button *m_lookFirst = nullptr;
    QStackedWidget *m_stack = nullptr;
    QAction *m_purgeAction = nullptr;
};

} // namespace rollcall::cache
