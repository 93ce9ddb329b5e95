#include "tests/conformance/VectorFile.h"

#include <QFile>

#include "core/jose/Utf8.h"

namespace rollcall::conformance {

namespace {

using base::Error;
using base::ErrorCode;
using base::ErrorParam;

tl::unexpected<Error> invalid(const QString &path, const QString &detail)
{
    return tl::unexpected(
        Error(ErrorCode::FileFormatInvalid).with(ErrorParam::Path, path).with(ErrorParam::Detail, detail));
}

} // namespace

base::Result<jose::JsonValue> readVectorFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return tl::unexpected(
            Error(ErrorCode::FileUnreadable).with(ErrorParam::Path, path).with(ErrorParam::Detail, file.errorString()));
    }
    const QByteArray bytes = file.read(maxVectorFileBytes + 1);
    if (bytes.size() > maxVectorFileBytes)
        return invalid(path, QStringLiteral("it is larger than %1 bytes").arg(maxVectorFileBytes));
    const auto text = jose::utf8Strict(bytes);
    if (!text)
        return invalid(path, QStringLiteral("it is not UTF-8"));
    auto document = jose::parseJson(*text);
    if (!document || !document->object())
        return invalid(path, QStringLiteral("it is not a JSON object"));
    const jose::JsonValue *cases = document->find(u"cases");
    if (!cases || !cases->array())
        return invalid(path, QStringLiteral("it has no array of cases"));
    if (cases->array()->empty())
        return invalid(path, QStringLiteral("its array of cases is empty"));
    return std::move(*document);
}

const jose::JsonValue::Array &casesOf(const jose::JsonValue &file)
{
    return *file.find(u"cases")->array();
}

} // namespace rollcall::conformance
