#include "core/probe/BoundedInflate.h"

#include <algorithm>
#include <array>

#include <zlib.h>

namespace rollcall::probe {

std::optional<QByteArray> inflateZlib(QByteArrayView compressed, qsizetype most)
{
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK)
        return std::nullopt;
    // zlib only reads its input, but next_in is const only where ZLIB_CONST is defined.
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(compressed.data()));
    stream.avail_in = static_cast<uInt>(std::min<qsizetype>(compressed.size(), std::numeric_limits<int>::max()));
    QByteArray bytes;
    std::array<char, 16 * 1024> chunk{};
    int state = Z_OK;
    while (state == Z_OK && bytes.size() <= most) {
        stream.next_out = reinterpret_cast<Bytef *>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        state = inflate(&stream, Z_NO_FLUSH);
        bytes.append(chunk.data(), static_cast<qsizetype>(chunk.size() - stream.avail_out));
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END || bytes.size() > most)
        return std::nullopt;
    return bytes;
}

} // namespace rollcall::probe
