#pragma once

#include <QWidget>

#include "core/audit/AuditEntry.h"
#include "ui/common/Theme.h"

class QVBoxLayout;

namespace rollcall::common {
class Button;
class Label;
} // namespace rollcall::common

namespace rollcall::audit {

/// One entry of the audit log in full: the act, its outcome and its link in the chain. Nothing secret is in an entry,
/// so all of it may be copied. **Thread-safety:** GUI thread only.
class AuditDetailView final : public QWidget
{
    Q_OBJECT

public:
    /// @p theme outlives the view.
    explicit AuditDetailView(const common::Theme &theme, QWidget *parent = nullptr);

    /// Shows @p entry; @p partner is the other half of its operation, or null.
    void display(const AuditEntry &entry, const AuditEntry *partner);
    /// Shows that no entry is selected.
    void clear();

Q_SIGNALS:
    void closeRequested();
    /// Show the other half of the operation.
    void entryRequested(qint64 seq);
    /// Put back what the revocation @p operation deleted.
    void undoRequested(const QString &operation);

private:
    void fill(const AuditEntry &entry);
    void fillOutcome(QVBoxLayout &column, const AuditEntry &entry);
    void copyEntry();

    const common::Theme &m_theme;
    AuditEntry m_entry;
    qint64 m_partner = 0;
    common::Label *m_title;
    common::Label *m_subtitle;
    QWidget *m_facts;
    common::Button *m_toPartner;
    common::Button *m_undo;
    common::Button *m_copy;
};

} // namespace rollcall::audit
