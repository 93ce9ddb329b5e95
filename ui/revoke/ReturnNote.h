#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/common/ReturnWatch.h"
#include "ui/common/Theme.h"

namespace rollcall::common {
class Button;
class Note;
} // namespace rollcall::common

namespace rollcall::revoke {

/// In the outcome of a revocation: whether its sessions are watched for their return, how long still, and what came
/// back. **Thread-safety:** GUI thread only.
class ReturnNote final : public QWidget
{
    Q_OBJECT

public:
    /// Follows @p watch, which may go before. @p theme outlives the note.
    ReturnNote(const common::Theme &theme, common::ReturnWatch &watch, QWidget *parent = nullptr);

private:
    void display();

    QPointer<common::ReturnWatch> m_watch;
    common::Note *m_note;
    common::Button *m_stop;
};

} // namespace rollcall::revoke
