#pragma once

#include <QFrame>

#include "ui/common/Icons.h"
#include "ui/common/Theme.h"

class QHBoxLayout;

namespace rollcall::common {

class Label;

/// What a note is about; decides fill, tint and, unless told otherwise, the icon.
enum class NoteKind { Good, Warn, Bad, Info, Plain };

/// A soft box with an icon, a bold line and a paragraph. **Thread-safety:** GUI thread only.
class Note final : public QFrame
{
    Q_OBJECT

public:
    /// Either of @p title and @p body may be empty. @p theme outlives the note.
    Note(const Theme &theme, NoteKind kind, const QString &title, const QString &body, QWidget *parent = nullptr);

    void setContent(NoteKind kind, const QString &title, const QString &body);
    /// Another icon than the kind's, in the kind's tint.
    void setGlyph(Icon icon);
    /// Adds @p widget, taken over, at the right.
    void addAction(QWidget *widget);

    /// As high as the words are at the width it has.
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void drawGlyph();

    const Theme &m_theme;
    NoteKind m_kind;
    Icon m_icon = Icon::Info;
    Label *m_glyph;
    Label *m_title;
    Label *m_body;
    QHBoxLayout *m_row;
};

} // namespace rollcall::common
