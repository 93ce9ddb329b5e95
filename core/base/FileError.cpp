#include "core/base/FileError.h"

namespace rollcall::base {

Error fileError(ErrorCode code, const QString &path, const QString &detail)
{
    return Error(code).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail);
}

} // namespace rollcall::base
