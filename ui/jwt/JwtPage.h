#pragma once

#include "ui/common/Page.h"
#include "ui/jwt/RuleReader.h"

class QVBoxLayout;

namespace rollcall::common {
class Button;
class ErrorBanner;
class Label;
class Note;
} // namespace rollcall::common

namespace rollcall::jwt {

/// In the place of Sessions where a deployment keeps them in encrypted cookies: what cannot be revoked and until when
/// it is accepted; what does work, with the blast radius of each; the rules in force. **Thread-safety:** GUI thread
/// only; never blocks.
class JwtPage final : public common::Page
{
    Q_OBJECT

public:
    /// @p theme and @p connection are borrowed and outlive the page.
    JwtPage(const common::Theme &theme, common::OpenConnection &connection, QWidget *parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("sessions"); }
    [[nodiscard]] QString title() const override { return tr("Sessions"); }
    [[nodiscard]] common::Icon icon() const override { return common::Icon::Sessions; }
    [[nodiscard]] QString help() const override;
    void activate() override;
    void refresh() override;
    void focusMain() override;

Q_SIGNALS:
    /// A rule is to be set, through the Plan.
    void ruleRequested();

private:
    [[nodiscard]] QWidget *makeRotation();
    [[nodiscard]] QWidget *makeRule();
    [[nodiscard]] QWidget *makeRules();
    [[nodiscard]] QString snippet() const;
    void showRules(const std::vector<revoke::NotBeforeRule> &rules);
    void showProof(const revoke::RuleProof &proof);
    void onFailed(const base::Error &error);
    void onProofFailed(const base::Error &error);
    void dropProof();
    void updateVerify();
    void copySnippet();
    void prove();

    const common::Theme &m_theme;
    common::OpenConnection &m_connection;
    RuleReader m_reader;
    std::vector<revoke::NotBeforeRule> m_known; ///< the rules in force, as read last
    std::optional<base::Instant> m_everybodys;  ///< everybody's rule among them
    bool m_read = false;

    common::ErrorBanner *m_error;
    common::Button *m_set = nullptr;
    common::Button *m_copy = nullptr;
    common::Button *m_verify = nullptr;
    common::Note *m_proof = nullptr;
    common::Label *m_radius = nullptr; ///< whom a rotation signs out
    QVBoxLayout *m_rules = nullptr;
    QWidget *m_list = nullptr; ///< of the rules, made anew with each reading
};

} // namespace rollcall::jwt
