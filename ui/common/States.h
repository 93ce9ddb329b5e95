#pragma once

#include <QWidget>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

namespace rollcall::common {

class Label;

/// Every state that the application shows, each by icon and word. Shields with a sign are for proof only.
enum class State {
    Live,
    Expiring, ///< under 24 h
    Expired,
    Orphan,
    You,
    Canary,
    Revoked,
    VerifiedRefused,
    StillAccepted,
    Testing,
    Ok,
    Warning,
    Failed,
    Skipped,
    NotReached,
    Unknown,
};

/// How a state is shown.
struct StateLook
{
    Icon icon;
    ColorToken iconTint;
    ColorToken wordTint; ///< muted for what is over or was not tried
    QString word;        ///< translated
};

[[nodiscard]] StateLook lookOf(State state);

/// A state as icon and word in a line. **Thread-safety:** GUI thread only.
class StateLabel final : public QWidget
{
    Q_OBJECT

public:
    /// Shows @p state with @p word instead of its own where given. @p theme outlives the label.
    explicit StateLabel(const Theme &theme, State state, const QString &word = {}, QWidget *parent = nullptr);

    /// Shows another state; @p word as in the constructor.
    void setState(State state, const QString &word = {});
    /// 600 instead of 400 for the word.
    void setStrong(bool strong);

private:
    void drawGlyph();

    const Theme &m_theme;
    State m_state = State::Unknown;
    Label *m_glyph;
    Label *m_word;
};

} // namespace rollcall::common
