#pragma once

#include <QWidget>

#include "core/workspace/ConnectionProfile.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

/// What kind of deployment a profile is; decides the tint of its word and of the line below the header band.
using workspace::Environment;

/// The tint of @p environment's word and line.
[[nodiscard]] ColorToken environmentTint(Environment environment);
/// The soft ground behind the word.
[[nodiscard]] ColorToken environmentGround(Environment environment);
/// "Development", "Staging", "Production" (translated).
[[nodiscard]] QString environmentWord(Environment environment);

/// A word in a tinted frame: the environment of a profile. **Thread-safety:** GUI thread only.
class Tag final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the tag.
    explicit Tag(const Theme &theme, Environment environment, QWidget *parent = nullptr);
    void setEnvironment(Environment environment);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Theme &m_theme;
    Environment m_environment;
};

} // namespace rollcall::common
