#pragma once

#include <QStringList>

#include "tests/differential/Json.h"
#include "tests/differential/Random.h"

namespace rollcall::differential {

/// What a token is to be made for.
struct TokenPlace
{
    QString version; ///< "v4", "v5"
    QStringList secrets;
    QString salt;
    qint64 now = 0; ///< seconds
    QString codec;  ///< of the deployment; empty: the library's own
};

/// A token's recipe (see sealRecipe()): mostly one that @p place accepts, else wrong in one or two ways.
[[nodiscard]] JsonValue makeToken(Random &random, const TokenPlace &place);

/// A secret; some are like each other.
[[nodiscard]] QString makeSecret(Random &random);

} // namespace rollcall::differential
