#pragma once

#include <stop_token>

#include "core/async/Mailbox.h"
#include "core/revoke/NotBeforeRule.h"
#include "ui/revoke/ActSheet.h"

class QLineEdit;
class QRadioButton;
class QVBoxLayout;

namespace rollcall::revoke {

class ConsentFields;

/// The sheet by which a not-before rule is set: for whom, what would be run, reason and consent, the outcome.
/// **Thread-safety:** GUI thread only; never blocks.
class RuleSheet final : public ActSheet
{
    Q_OBJECT

public:
    /// Prepares the sheet over @p origin's host and begins to read what would be run. @p theme and @p connection are
    /// borrowed and outlive it.
    RuleSheet(const common::Theme &theme, QWidget &origin, common::OpenConnection &connection);
    ~RuleSheet() override;

protected:
    [[nodiscard]] QString missing() const override;

private:
    void read();
    void showPlan(const QStringList &statements);
    [[nodiscard]] QWidget *whom();
    [[nodiscard]] NotBeforeRule rule() const;
    [[nodiscard]] QString ruleText() const;
    /// Asks for consent to what is chosen, in the place of an earlier consent: one user's is not everybody's.
    void askAnew();
    void nameExecute();
    void carryOut();
    void showResult(const base::Status &done, const QString &auditId);

    async::Mailbox m_mailbox;
    std::stop_source m_stop; ///< of the reading
    ConsentFields *m_consent = nullptr;
    QVBoxLayout *m_consentPlace = nullptr; ///< of the body, while the plan is shown
    QRadioButton *m_everybody = nullptr;
    QRadioButton *m_one = nullptr;
    QLineEdit *m_user = nullptr;
    QString m_done; ///< the rule that is being set, in words
};

} // namespace rollcall::revoke
