#pragma once

#include <QWidget>

#include <span>
#include <vector>

#include "core/base/Secret.h"
#include "ui/common/Theme.h"

class QVBoxLayout;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::connect {

class SecretField;

/// The older secrets of a deployment, newest first: "none" and Add, or a field for each.
/// **Thread-safety:** GUI thread only.
class SecretList final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int most = 3; ///< as many as Auth.js reads: AUTH_SECRET_1 … _3

    /// @p theme outlives the list.
    explicit SecretList(const common::Theme &theme, QWidget *parent = nullptr);

    void setSecrets(std::span<const base::SecretBytes> secrets);
    /// Those that are not empty.
    [[nodiscard]] std::vector<base::SecretBytes> secrets() const;

Q_SIGNALS:
    void edited();

private:
    SecretField *addField();
    void refresh();

    const common::Theme &m_theme;
    std::vector<SecretField *> m_fields;
    QVBoxLayout *m_column;
    common::Label *m_none;
    common::Button *m_add;
};

} // namespace rollcall::connect
