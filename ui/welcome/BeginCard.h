#pragma once

#include <QAbstractButton>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::welcome {

/// A way to begin, as a card that is a button: icon, bold line, a sentence. **Thread-safety:** GUI thread only.
class BeginCard final : public QAbstractButton
{
    Q_OBJECT

public:
    /// @p takesDrops draws the edge dashed: something may be dropped here.
    BeginCard(const common::Theme &theme, common::Icon icon, const QString &title, const QString &body, bool takesDrops,
              QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const common::Theme &m_theme;
    common::Icon m_icon;
    QString m_body;
    bool m_takesDrops;
};

} // namespace rollcall::welcome
