#pragma once

#include <QWidget>

#include "core/revoke/Operations.h"
#include "ui/common/Theme.h"

namespace rollcall::revoke {

/// What an act that was interrupted was about, and what going on with it does. **Thread-safety:** GUI thread only.
class UnfinishedView final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the view.
    UnfinishedView(const common::Theme &theme, const Operation &operation, QWidget *parent = nullptr);

    /// "A revocation was interrupted", "A prune is paused".
    [[nodiscard]] static QString title(const Operation &operation);
    /// "Revocation of 40 sessions": what it is as an activity.
    [[nodiscard]] static QString actTitle(const Operation &operation);
    /// "20 of 40 sessions are settled".
    [[nodiscard]] static QString subtitle(const Operation &operation);
};

} // namespace rollcall::revoke
