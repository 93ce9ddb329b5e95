#pragma once

#include <vector>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/Page.h"

class QGridLayout;

namespace rollcall::common {
class ErrorBanner;
class Label;
} // namespace rollcall::common

namespace rollcall::welcome {

/// Where Rollcall begins: saved deployments as cards, and the ways to a first one. A `.env` file may be dropped
/// anywhere on it. **Thread-safety:** GUI thread only.
class WelcomePage final : public common::Page
{
    Q_OBJECT

public:
    explicit WelcomePage(const common::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("welcome"); }
    [[nodiscard]] QString title() const override { return tr("Welcome"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Overview; }
    [[nodiscard]] QString help() const override;
    [[nodiscard]] QList<common::StatusItem> statusItems() const override;

    /// Shows @p profiles as cards; none: the heading says how to begin.
    void setProfiles(const std::vector<workspace::ConnectionProfile> &profiles);
    /// Says that opening @p name is under way (its card's button becomes Cancel); empty: nothing is.
    void setOpening(const QString &name);
    /// Where secrets rest, for the status line: empty where there is neither keychain nor key file.
    void setVault(const QString &description);
    /// The banner on top, for what went wrong while opening or reading.
    [[nodiscard]] common::ErrorBanner &banner() { return *m_banner; }

Q_SIGNALS:
    void connectRequested(const QString &name);
    void editRequested(const QString &name);
    void removeRequested(const QString &name);
    void cancelRequested();
    void demoRequested();
    void newConnectionRequested();
    /// A `.env` file was chosen or dropped.
    void envFileChosen(const QString &path);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void chooseEnvFile();
    [[nodiscard]] QWidget *makeHead();
    [[nodiscard]] QWidget *makeBegin();

    const common::Theme &m_theme;
    std::optional<QString> m_vault; ///< nullopt while it is not known
    common::ErrorBanner *m_banner = nullptr;
    common::Label *m_none = nullptr;
    QGridLayout *m_cards = nullptr;
};

} // namespace rollcall::welcome
