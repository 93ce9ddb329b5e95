#pragma once

#include "app/ctl/Answer.h"

namespace rollcall::ctl {

// How an answer looks in each format, as bytes ready to be written. Pure functions: **thread-safe**.

/// One JSON document and a line end. @p error (may be null) is added as the member "error".
[[nodiscard]] QByteArray renderJson(const Answer *answer, const base::Error *error);
/// One line an element of the list, then the trailer where the answer has one; without a list the document on one line.
[[nodiscard]] QByteArray renderNdjson(const Answer *answer, const base::Error *error);
/// A header line of JSON keys and a line an element; without a list one line of the members. Cells that a spreadsheet
/// would take for a formula get a leading apostrophe.
[[nodiscard]] QByteArray renderCsv(const Answer &answer);
/// Aligned columns for people; control characters are shown escaped, because values come from strangers.
[[nodiscard]] QByteArray renderTable(const Answer &answer);

} // namespace rollcall::ctl
