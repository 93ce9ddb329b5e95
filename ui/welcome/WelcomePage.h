#pragma once

#include <QWidget>

#include <vector>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/Theme.h"

class QGridLayout;

namespace rollcall::common {
class ErrorBanner;
class Label;
} // namespace rollcall::common

namespace rollcall::welcome {

/// Where Rollcall begins: saved deployments as cards, and the ways to a first one. A `.env` file may be dropped
/// anywhere on it. **Thread-safety:** GUI thread only.
class WelcomePage final : public QWidget
{
    Q_OBJECT

public:
    explicit WelcomePage(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p profiles as cards; none: the heading says how to begin.
    void setProfiles(const std::vector<workspace::ConnectionProfile> &profiles);
    /// Says that opening @p name is under way (its card's button becomes Cancel); empty: nothing is.
    void setOpening(const QString &name);
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
    common::ErrorBanner *m_banner = nullptr;
    common::Label *m_none = nullptr;
    QGridLayout *m_cards = nullptr;
};

} // namespace rollcall::welcome
