#pragma once

#include <QWidget>

#include "core/revoke/Revoker.h"
#include "ui/common/Theme.h"

namespace rollcall::revoke {

/// The headline of an outcome and how it stands.
struct ResultHeadline
{
    QString title;
    QString subtitle;
    bool good = false;   ///< everything revoked and, where asked for, verified
    bool proven = false; ///< the deployment was asked and refused everything
};

/// What to say first about @p report: problems before successes.
[[nodiscard]] ResultHeadline headlineOf(const RevocationReport &report);

/// The outcome of a revocation, row by row, with its proof and what was done when. **Thread-safety:** GUI thread only.
class ResultView final : public QWidget
{
    Q_OBJECT

public:
    /// @p aside, taken over, stands below the figures; null: nothing does.
    ResultView(const common::Theme &theme, const RevocationReport &report, QWidget *aside, QWidget *parent = nullptr);

private:
    [[nodiscard]] QWidget *figures(const RevocationReport &report) const;
    [[nodiscard]] QWidget *rows(const RevocationReport &report) const;

    const common::Theme &m_theme;
};

} // namespace rollcall::revoke
