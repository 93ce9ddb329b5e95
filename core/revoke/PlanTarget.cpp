#include "core/revoke/PlanTarget.h"

#include <QFile>
#include <QFileInfo>

#include "core/base/FileError.h"
#include "core/revoke/Approval.h"
#include "core/revoke/SavedPlan.h"

namespace rollcall::revoke {

base::Status mayWriteTo(const QString &path, PlanDocument document)
{
    constexpr qint64 largestPlanFile = 512 << 20; // a million rows with long keys
    const QFileInfo info(path);
    if (!info.exists())
        return {};
    const auto refused = [&path](const QString &why) {
        return base::fail(base::fileError(base::ErrorCode::FileUnwritable, path, why)
                              .with(base::ErrorParam::Part, QStringLiteral("kept")));
    };
    // A named pipe or a device would be waited on.
    if (!info.isFile())
        return refused(QStringLiteral("what stands there is no file"));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refused(QStringLiteral("what stands there cannot be read, and would be lost"));
    const QByteArray content = file.read(largestPlanFile);
    if (file.error() != QFileDevice::NoError)
        return refused(QStringLiteral("what stands there cannot be read, and would be lost"));
    const bool isPlan = document == PlanDocument::Plan;
    if (content.isEmpty() || (isPlan ? isPlanFile(content) : isApprovalFile(content)))
        return {};
    if (!isPlan && isPlanFile(content))
        return refused(QStringLiteral("it is a plan, which the approval would overwrite"));
    return refused(isPlan ? QStringLiteral("what stands there is no plan, and would be lost")
                          : QStringLiteral("what stands there is no approval, and would be lost"));
}

} // namespace rollcall::revoke
