#pragma once

#include <QFrame>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Button;
} // namespace rollcall::common

namespace rollcall::welcome {

/// A saved deployment: name, environment, where it is, and Connect. **Thread-safety:** GUI thread only.
class ProfileCard final : public QFrame
{
    Q_OBJECT

public:
    /// @p primary: this card's button is the page's primary one.
    ProfileCard(const common::Theme &theme, const workspace::ConnectionProfile &profile, bool primary,
                QWidget *parent = nullptr);

    [[nodiscard]] const QString &name() const { return m_name; }
    /// While opening, Connect becomes Cancel.
    void setOpening(bool opening);

Q_SIGNALS:
    void connectRequested();
    void cancelRequested();
    void editRequested();
    void removeRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    QString m_name;
    workspace::Environment m_environment;
    bool m_opening = false;
    common::Button *m_button = nullptr;
};

} // namespace rollcall::welcome
