#pragma once

#include <functional>
#include <map>
#include <memory>

#include "ui/common/Page.h"
#include "ui/connect/ConnectionForm.h"
#include "ui/connect/EnvImporter.h"
#include "ui/connect/LegFinding.h"
#include "ui/connect/LegTester.h"
#include "ui/connect/SchemaMapper.h"

namespace rollcall::common {
class ErrorBanner;
class Label;
class Note;
} // namespace rollcall::common

namespace rollcall::connect {

class ConnectionFoot;

/// Makes or edits a connection: each leg is tried as soon as it is filled, and says what was found, or what is wrong
/// and what to do. Nothing is written to the deployment. A `.env` file may be dropped anywhere on it.
/// **Thread-safety:** GUI thread only; never blocks.
class ConnectionPage final : public common::Page
{
    Q_OBJECT

public:
    using Secrets = std::shared_ptr<const workspace::ConnectionSecrets>;

    /// Begins with an empty connection. @p theme and @p clock are borrowed and outlive the page.
    ConnectionPage(const common::Theme &theme, const base::Clock &clock, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("connection"); }
    [[nodiscard]] QString title() const override;
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Link; }
    [[nodiscard]] QString help() const override;
    /// Tries every leg again.
    void refresh() override { tryAll(); }
    void focusMain() override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

    /// Shows a saved connection for changing and tries it at once.
    void edit(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets);
    /// Fills the fields from the `.env` file at @p path, which is read on a worker, and tries them.
    void fillFromEnv(const QString &path);
    /// Where secrets will rest: SecretVault::description(), or empty where there is no place for them.
    void setVault(const QString &description);
    /// The name of the saved connection that is being changed; empty: it is a new one.
    [[nodiscard]] const QString &savedName() const { return m_savedName; }
    /// Says why it was not saved.
    void showNotSaved(const base::Error &error);

Q_SIGNALS:
    /// Save, and with @p open connect. @p secrets is never null.
    void saveRequested(const rollcall::workspace::ConnectionProfile &profile,
                       const rollcall::connect::ConnectionPage::Secrets &secrets, bool open);
    void cancelled();

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    using Row = ConnectionForm::Row;

    [[nodiscard]] QWidget *makeHead();
    void makeContent(QWidget *content);
    void chooseEnvFile();
    void chooseCaFile();
    void correctMap();
    void onEdited(ConnectionForm::Part part);
    void onImported(const workspace::EnvImport &import, const QString &path);
    void tryAll();

    [[nodiscard]] base::Result<std::optional<deployment::ConnectionConfig>> databaseInput() const;
    [[nodiscard]] base::Result<std::optional<deployment::ConnectionConfig>> deploymentInput() const;
    [[nodiscard]] base::Result<std::optional<deployment::ConnectionConfig>> cacheInput() const;

    /// Shows everything that is known now.
    void showAll();
    void refreshPlace();
    void refreshDatabase();
    void refreshSchema();
    void refreshDeployment();
    void refreshSecret();
    void refreshCache();
    void refreshFoot();
    /// What @p tester knows of @p kind; nullopt while it is being tested, which the row shows by itself.
    [[nodiscard]] std::optional<Finding> legFinding(Row row, const LegTester &tester, deployment::LegKind kind);
    void display(Row row, Finding finding, std::function<void()> fix = {});
    [[nodiscard]] QString storageText() const;
    [[nodiscard]] QString whyNotOpened() const;

    const common::Theme &m_theme;
    LegTester m_databaseTester;
    LegTester m_deploymentTester;
    LegTester m_cacheTester;
    EnvImporter m_importer;
    SchemaMapper m_mapper;
    bool m_isMapWanted = false; ///< once the database was tried
    QTimer m_tick;              ///< counts the seconds of tests
    QString m_vault;
    QString m_savedName; ///< of the connection being edited; empty: a new one
    std::map<Row, std::function<void()>> m_fixes;

    common::Label *m_title = nullptr;
    common::ErrorBanner *m_error = nullptr;
    common::Note *m_note = nullptr;
    ConnectionForm *m_form = nullptr;
    ConnectionFoot *m_foot = nullptr;
};

} // namespace rollcall::connect
