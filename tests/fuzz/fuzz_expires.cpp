// Expiry columns: what a database may hold, and new values written in the same form.
#include "core/store/schema/ExpiresCodec.h"
#include "tests/fuzz/Fuzz.h"

namespace rollcall::fuzz {

void tryInput(QByteArrayView input)
{
    using namespace std::chrono_literals;
    using store::StoredInstant;
    const base::Instant next(1'760'000'000'000ms);
    for (const QTimeZone &zone : {QTimeZone::utc(), QTimeZone(19'800)}) {
        const StoredInstant read = store::readInstant(input, zone);
        // "infinity" is an instant in any encoding, so it tells of none.
        const bool finite = read.kind == StoredInstant::Kind::Finite;
        require(store::encodingOf(input, false).has_value() == finite, "what can be read has an encoding");
        const QByteArray written = store::writeLike(input, next, zone);
        const StoredInstant again = store::readInstant(written, zone);
        require(again.kind == StoredInstant::Kind::Finite, "what is written can be read");
        // A whole second, so no unit loses anything.
        require(again.instant() == next, "it is read as the same instant");
        require(store::writeLike(written, next, zone) == written, "a value written like itself is itself");
    }
}

} // namespace rollcall::fuzz
