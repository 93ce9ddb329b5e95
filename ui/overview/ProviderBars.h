#pragma once

#include <QWidget>

#include <vector>

#include "ui/common/Theme.h"

namespace rollcall::overview {

/// Live sessions by provider, the most first: name, bar, number and share; what is beyond the first few in one row.
/// **Thread-safety:** GUI thread only.
class ProviderBars final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the widget.
    explicit ProviderBars(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p counts of @p live sessions. A user with two providers counts with both.
    void display(std::vector<std::pair<QString, qint64>> counts, qint64 live);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    std::vector<std::pair<QString, qint64>> m_counts;
    qint64 m_live = 0;
};

} // namespace rollcall::overview
