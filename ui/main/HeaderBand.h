#pragma once

#include <QWidget>

#include "ui/common/Tag.h"
#include "ui/common/Theme.h"

class QMenu;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::main {

class HealthChips;
class PersonalMark;
class WriteModeButton;

/// What the band says of the open profile.
struct ProfileHeader
{
    QString key; ///< names the saved layout; the profile's name will do
    QString name;
    common::Environment environment = common::Environment::Development;
    QString summary; ///< "shop.example.com · Auth.js v5 · Drizzle · database sessions"
};

/// The band that is never hidden while a profile is open: its name, its environment, its health and what may be
/// written. It ends in a 2 px line of the environment's colour. **Thread-safety:** GUI thread only.
class HeaderBand final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int bandHeight = 46;

    /// @p theme outlives the band.
    explicit HeaderBand(const common::Theme &theme, QWidget *parent = nullptr);

    void setProfile(const ProfileHeader &profile);
    /// The menu behind the profile's name; borrowed.
    void setProfileMenu(QMenu *menu);
    [[nodiscard]] HealthChips &health() { return *m_health; }
    /// Shows while names and e-mails do that the profile asks to mask.
    [[nodiscard]] PersonalMark &personal() { return *m_personal; }
    [[nodiscard]] WriteModeButton &writeMode() { return *m_writeMode; }
    /// Words without values, no summary.
    void setNarrow(bool narrow);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void elideSummary();

    const common::Theme &m_theme;
    common::Environment m_environment = common::Environment::Development;
    QString m_summaryText;
    common::Button *m_name;
    common::Tag *m_tag;
    common::Label *m_summary;
    PersonalMark *m_personal;
    HealthChips *m_health;
    WriteModeButton *m_writeMode;
};

} // namespace rollcall::main
