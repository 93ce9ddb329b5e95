#pragma once

#include <QWidget>

#include "ui/common/States.h"

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::connect {

/// How the legs stand, counted.
struct LegCounts
{
    int good = 0;
    int toKnow = 0;
    int toRepair = 0;
    int testing = 0;
};

/// The foot of the connection page: counts of the legs, and Cancel, Save, Save and open with the reason why not.
/// **Thread-safety:** GUI thread only.
class ConnectionFoot final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the foot.
    explicit ConnectionFoot(const common::Theme &theme, QWidget *parent = nullptr);

    void setCounts(const LegCounts &counts);
    /// Why saving, and why opening is not to be had now; empty where it is.
    void setReasons(const QString &notSaved, const QString &notOpened);

Q_SIGNALS:
    void cancelRequested();
    void saveRequested(bool open);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    common::StateLabel *m_good;
    common::StateLabel *m_toKnow;
    common::StateLabel *m_toRepair;
    common::StateLabel *m_testing;
    common::Label *m_reason;
    common::Button *m_save;
    common::Button *m_open;
};

} // namespace rollcall::connect
