#pragma once

#include <QElapsedTimer>
#include <QWidget>

#include "ui/common/States.h"

class QHBoxLayout;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::connect {

/// What trying a leg found, in words: a bold line with its state, what exactly, and what to do about it.
struct Finding
{
    common::State state = common::State::NotReached;
    QString headline; ///< empty: @ref detail stands alone, muted
    QString detail;
    QString remedy;
    QString fix; ///< words of a button that repairs it; empty: none

    bool operator==(const Finding &) const = default;
};

/// The right of a LegRow: a Finding, or that the leg is being tested. **Thread-safety:** GUI thread only.
class LegFinding final : public QWidget
{
    Q_OBJECT

public:
    /// @p leg names it for assistive tools. @p theme outlives the widget.
    LegFinding(const common::Theme &theme, const QString &leg, QWidget *parent = nullptr);

    void display(const Finding &finding);
    /// "Testing, 2 s" with Cancel, since @p elapsed; @p limit is when it gives up.
    void displayTesting(std::chrono::milliseconds elapsed, std::chrono::milliseconds limit);
    [[nodiscard]] const Finding &finding() const { return m_finding; }

Q_SIGNALS:
    void fixRequested();
    void cancelRequested();

private:
    const common::Theme &m_theme;
    QString m_leg;
    Finding m_finding;
    bool m_shown = false; ///< something was displayed before
    common::StateLabel *m_headline;
    common::Label *m_limit;
    common::Button *m_cancel;
    common::Label *m_detail;
    common::Label *m_remedy;
    common::Button *m_fix;
};

} // namespace rollcall::connect
