#pragma once

#include <QFrame>

#include <functional>
#include <map>
#include <vector>

#include "core/deployment/ConnectionCheck.h"
#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace rollcall::common {
class Button;
class Tag;
} // namespace rollcall::common

namespace rollcall::connect {

class CertificateField;
class LegFinding;
class LegRow;
class SecretField;
class SecretList;

/// The card of the connection page: the fields of a profile and its secrets, a row a leg.
/// **Thread-safety:** GUI thread only.
class ConnectionForm final : public QFrame
{
    Q_OBJECT

public:
    enum class Row { Place, Database, Schema, Secret, Deployment, Cache };
    /// What an edit concerns, and so what has to be tried again.
    enum class Part { Place, Database, Deployment, Cache };
    enum class Field { Database, TimeZone, BaseUrl, BasePath, Cache };

    /// @p theme outlives the form.
    explicit ConnectionForm(const common::Theme &theme, QWidget *parent = nullptr);

    /// Fills the fields; what has no field (note, cookie name, ages) is kept for profile().
    void load(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets);
    /// As load(), with what was imported into the connection that is described here: whether somebody decided about
    /// masks, and what was saved about them, stays.
    void fill(const workspace::ConnectionProfile &profile, const workspace::ConnectionSecrets &secrets);
    [[nodiscard]] workspace::ConnectionProfile profile() const;
    [[nodiscard]] workspace::ConnectionSecrets secrets() const;

    [[nodiscard]] LegFinding &finding(Row row);
    /// Offers what a detection found for choosing.
    void offerSchemas(const store::SchemaDetection &detection);
    /// Marks @p field as wrong, or no longer.
    void setWrong(Field field, bool wrong);

    // What the buttons beside a finding do; each counts as an edit.
    void useBaseUrl(const QString &url);
    void useJwt();
    void useCaFile(const QString &path);
    /// Takes a settled schema map (empty: find by itself) and the zone of times without one.
    void useMap(const QString &map, const QString &timeZone);

    void focusFirst();

Q_SIGNALS:
    void edited(rollcall::connect::ConnectionForm::Part part);
    /// Somebody wants to say which tables and columns hold the sessions.
    void mapWanted();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    LegRow *addRow(Row row, common::Icon icon, const QString &title, const QString &aside = {});
    void makePlace();
    void makeDatabase();
    void makeSchema();
    void makeSecret();
    void makeDeployment();
    void makeCache();
    [[nodiscard]] QLineEdit *makeLine(const QString &objectName, const QString &name, const QString &placeholder,
                                      Part part);
    /// An address whose password and client certificate have fields of their own.
    struct AddressField
    {
        LegRow *row = nullptr;
        QLineEdit *address = nullptr;
        SecretField *password = nullptr;
        CertificateField *certificate = nullptr;
        qsizetype length = 0; ///< of the address before the last edit
    };
    /// Adds @p field to @p row. @p whenEdited comes before a password is lifted out.
    void addAddress(LegRow *row, AddressField &field, Part part, const std::function<void()> &whenEdited = {});
    void loadAddress(AddressField &field, const base::SecretBytes &whole, const QString &withoutPassword);
    /// A password, or a client certificate, within the address moves into its own field.
    void liftPassword(AddressField &field, Part part);
    /// The certificate's fields are there for servers that may want one.
    static void showCertificate(const AddressField &field);
    void updatePasswordField();
    void updateEnvironment();
    /// Proposes masking for production, until somebody decides it here.
    void proposeMasking();
    void fillSchemas();

    const common::Theme &m_theme;
    workspace::ConnectionProfile m_base; ///< what has no field
    std::vector<store::SchemaProfile> m_candidates;
    QString m_found; ///< what was found by itself
    std::map<Row, LegRow *> m_rows;

    QLineEdit *m_name = nullptr;
    QComboBox *m_environment = nullptr;
    common::Tag *m_tag = nullptr;
    QLineEdit *m_ownUser = nullptr;
    QCheckBox *m_mask = nullptr;
    bool m_isMaskDecided = false; ///< by hand
    AddressField m_database;
    QComboBox *m_schema = nullptr;
    QLineEdit *m_timeZone = nullptr;
    common::Button *m_editMap = nullptr;
    SecretField *m_secret = nullptr;
    SecretList *m_older = nullptr;
    QLineEdit *m_baseUrl = nullptr;
    QLineEdit *m_basePath = nullptr;
    QComboBox *m_version = nullptr;
    QComboBox *m_strategy = nullptr;
    AddressField m_cache;
};

} // namespace rollcall::connect
