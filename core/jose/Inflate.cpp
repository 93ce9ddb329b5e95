#include "core/jose/Inflate.h"

#include <zlib.h>

#include <limits>

#include "core/base/Secret.h"

namespace rollcall::jose {

std::optional<QByteArray> inflateRaw(QByteArrayView compressed)
{
    if (static_cast<quint64>(compressed.size()) > std::numeric_limits<uInt>::max())
        return std::nullopt;
    z_stream stream{};
    // Negative window bits: no zlib header or checksum around the stream.
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return std::nullopt;
    QByteArray output(maxInflated + 1, Qt::Uninitialized);
    // zlib only reads its input, but next_in is const only where ZLIB_CONST is defined.
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size());
    stream.next_out = reinterpret_cast<Bytef *>(output.data());
    stream.avail_out = static_cast<uInt>(output.size());
    const int result = inflate(&stream, Z_FINISH);
    const auto produced = static_cast<qsizetype>(stream.total_out);
    inflateEnd(&stream);
    output.truncate(produced);
    if (result != Z_STREAM_END || produced > maxInflated) {
        base::wipe(output); // claims, as far as they go
        return std::nullopt;
    }
    return output;
}

} // namespace rollcall::jose
