#pragma once

#include <QWidget>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/OpenConnection.h"
#include "ui/common/Theme.h"

class QLineEdit;

namespace rollcall::revoke {

/// What is asked before an act changes a deployment: its reason and, on a production connection, the connection's name
/// and the number of rows or another word for whom it concerns, typed. **Thread-safety:** GUI thread only.
class ConsentFields final : public QWidget
{
    Q_OBJECT

public:
    /// @p rows: how many the act is about. @p theme outlives the fields.
    ConsentFields(const common::Theme &theme, const workspace::ConnectionProfile &profile, qint64 rows,
                  QWidget *parent = nullptr);
    /// Where the confirmation is typed: on production connections, or on every one (an act on everybody).
    enum class Typed { InProduction, Always };
    /// The same where no number alone says it: @p what is typed ("everybody"), on a production connection after its
    /// name.
    ConsentFields(const common::Theme &theme, const workspace::ConnectionProfile &profile, const QString &what,
                  Typed typed = Typed::InProduction, QWidget *parent = nullptr);

    /// The reason as typed.
    [[nodiscard]] QString reason() const;
    void setReason(const QString &reason);
    /// Fills in the reason that was approved, and which stands.
    void fixReason(const QString &reason);
    /// Fills in the reason that stands while @p connection is armed. When it is no longer armed the reason is cleared,
    /// unless another was typed. @p connection outlives the fields.
    void lendReason(const common::OpenConnection &connection);
    /// The reason, unless it is the lent one.
    [[nodiscard]] QString ownReason() const;
    /// Why the act may not begin yet; empty where it may.
    [[nodiscard]] QString obstacle() const;
    /// The field to begin with.
    [[nodiscard]] QWidget *firstField() const;

Q_SIGNALS:
    /// obstacle() may answer otherwise.
    void changed();

private:
    QLineEdit *m_reason;
    QLineEdit *m_confirmation = nullptr; ///< null where nothing is to be typed
    QString m_expected;                  ///< what is to be typed there
    QString m_lent;                      ///< the reason that stands while armed; empty: none was filled in
};

} // namespace rollcall::revoke
