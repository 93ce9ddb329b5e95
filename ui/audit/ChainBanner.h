#pragma once

#include <QFrame>

#include "ui/audit/AuditReader.h"
#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Label;
}

namespace rollcall::audit {

class ChainStrip;

/// Says whether the chain of the audit log is whole, in a sentence and a small drawing of the chain.
/// **Thread-safety:** GUI thread only.
class ChainBanner final : public QFrame
{
    Q_OBJECT

public:
    /// @p theme outlives the banner.
    explicit ChainBanner(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows what @p reading found.
    void display(const AuditReading &reading);
    /// What the banner says, as one text (for the status line and tests).
    [[nodiscard]] QString verdict() const;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void drawGlyph();

    const common::Theme &m_theme;
    common::Icon m_icon = common::Icon::Link;
    common::ColorToken m_tint = common::ColorToken::Muted;
    common::Label *m_glyph;
    common::Label *m_title;
    common::Label *m_body;
    ChainStrip *m_strip;
};

} // namespace rollcall::audit
