#include <cstdint>

#include "tests/fuzz/Fuzz.h"

/// What libFuzzer calls.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    rollcall::fuzz::tryInput(QByteArrayView(data, static_cast<qsizetype>(size)));
    return 0;
}
