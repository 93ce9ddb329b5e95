#pragma once

#include <QWidget>

#include "core/revoke/Revoker.h"
#include "ui/common/Theme.h"

namespace rollcall::revoke {

/// Proof per session on a time line that begins when the rows were deleted: a cross where the deployment first refused,
/// a ring where it still accepts. The table below it says the same in words. **Thread-safety:** GUI thread only.
class ProofLanes final : public QWidget
{
    Q_OBJECT

public:
    /// Lanes drawn at most; the table lists all.
    static constexpr int maxLanes = 6;

    ProofLanes(const common::Theme &theme, const RevocationReport &report, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Lane
    {
        QString name;
        ProofOutcome proof;
        std::chrono::milliseconds after{0};
    };
    void paintLane(QPainter &painter, const Lane &lane, int y, double pixelsPerMs) const;

    const common::Theme &m_theme;
    QList<Lane> m_lanes;
    std::chrono::milliseconds m_end{0};
};

/// A round number of milliseconds, 1, 2 or 5 times a power of ten, such that about five of them make up @p span.
[[nodiscard]] std::chrono::milliseconds tickStep(std::chrono::milliseconds span);

} // namespace rollcall::revoke
