#pragma once

#include "core/store/StoreFactory.h"
#include "core/store/schema/SchemaDetector.h"
#include "ui/common/Sheet.h"

class QComboBox;
class QGridLayout;

namespace rollcall::common {
class Button;
} // namespace rollcall::common

namespace rollcall::connect {

class ColumnChoice;
class TableChoice;

/// A form that says which tables and columns hold sessions, users and accounts, how the expiry is encoded and in which
/// zone: where detection is unsure or wrong. What it settles is tried by the connection page like any other edit.
/// **Thread-safety:** GUI thread only.
class SchemaMappingEditor final : public common::Sheet
{
    Q_OBJECT

public:
    /// Offers @p tables and begins with @p begin. @p theme and @p origin as for Sheet.
    SchemaMappingEditor(const common::Theme &theme, QWidget &origin, store::DatabaseKind kind,
                        std::vector<store::TableInfo> tables, const store::SchemaProfile &begin,
                        const QString &timeZone);

    /// The map as it stands in the form.
    [[nodiscard]] store::SchemaProfile profile() const;
    /// What is still missing or wrong; empty where the map can be used.
    [[nodiscard]] QString complaint() const;

Q_SIGNALS:
    /// As SchemaMapper::settled().
    void settled(const QString &map, const QString &timeZone);

private:
    [[nodiscard]] QWidget *makeForm(const store::SchemaProfile &begin);
    void makeFoot();
    /// A heading across, and a box with its name before it.
    void addHeading(QGridLayout &grid, const QString &text);
    void addField(QGridLayout &grid, const QString &name, QWidget *field);
    /// Offers the columns of the chosen tables, as @p from has them.
    void offerSessions(const store::SchemaProfile &from);
    void offerUsers(const store::SchemaProfile &from);
    void offerAccounts(const store::SchemaProfile &from);
    /// What detection makes of the chosen sessions table; names that are not in it are simply not chosen.
    [[nodiscard]] store::SchemaProfile guessFor(const store::TableInfo *sessions) const;
    void offerEncodings(std::optional<store::ExpiresEncoding> wanted);
    void judge();

    const common::Theme &m_theme;
    store::DatabaseKind m_kind;
    std::vector<store::TableInfo> m_tables;
    std::vector<store::SchemaCandidate> m_guesses;

    TableChoice *m_sessions = nullptr;
    ColumnChoice *m_token = nullptr;
    ColumnChoice *m_userId = nullptr;
    ColumnChoice *m_expires = nullptr;
    QComboBox *m_encoding = nullptr;
    QComboBox *m_zone = nullptr;
    ColumnChoice *m_id = nullptr;
    ColumnChoice *m_created = nullptr;
    ColumnChoice *m_ip = nullptr;
    ColumnChoice *m_agent = nullptr;
    ColumnChoice *m_impersonatedBy = nullptr;
    ColumnChoice *m_organization = nullptr;
    TableChoice *m_users = nullptr;
    ColumnChoice *m_usersId = nullptr;
    ColumnChoice *m_name = nullptr;
    ColumnChoice *m_email = nullptr;
    ColumnChoice *m_image = nullptr;
    TableChoice *m_accounts = nullptr;
    ColumnChoice *m_accountUser = nullptr;
    ColumnChoice *m_provider = nullptr;
    common::Label *m_complaint = nullptr;
    common::Button *m_use = nullptr;
};

} // namespace rollcall::connect
