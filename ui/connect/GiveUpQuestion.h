#pragma once

#include <QDialog>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/Theme.h"

class QLineEdit;
class QPushButton;

namespace rollcall::connect {

/// Asks whether a connection may demand less: says what is given up, takes a reason and, of a production connection,
/// its name typed. accepted() is the consent. **Thread-safety:** GUI thread only.
class GiveUpQuestion final : public QDialog
{
    Q_OBJECT

public:
    /// Asks @p question of @p profile, with @p what in words; @p act is the button that consents. @p theme outlives the
    /// question.
    GiveUpQuestion(const common::Theme &theme, const workspace::ConnectionProfile &profile, const QString &question,
                   const QString &what, const QString &act, QWidget *parent);

    /// Why, as typed; it may be empty.
    [[nodiscard]] QString reason() const;

private:
    QLineEdit *m_reason;
    QLineEdit *m_name = nullptr; ///< null where none is to be typed
    QPushButton *m_act;
};

} // namespace rollcall::connect
