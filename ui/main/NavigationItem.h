#pragma once

#include <QAbstractButton>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::main {

/// One page in the NavigationBar: soft fill, accent icon and word where chosen. **Thread-safety:** GUI thread only.
class NavigationItem final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p theme outlives the item.
    NavigationItem(const common::Theme &theme, common::Icon icon, const QString &title, QWidget *parent = nullptr);

    void setBadge(const QString &text, bool alarming);
    /// Icon alone; the tool tip then says the word.
    void setNarrow(bool narrow);
    [[nodiscard]] QSize sizeHint() const override { return {36, 32}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintBadge(QPainter &painter) const;

    const common::Theme &m_theme;
    common::Icon m_icon;
    QString m_badge;
    bool m_alarming = false;
    bool m_narrow = false;
};

} // namespace rollcall::main
