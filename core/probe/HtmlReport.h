#pragma once

#include "core/probe/RunDocument.h"

namespace rollcall::probe {

/// The run as one HTML file that fetches nothing, runs no script and needs no network: what it says in sentences,
/// budgets, the charts as inline SVG with their tables, and everything that is known of how it was measured. Light
/// and dark follow the reader's setting, and it prints. Text from the document is escaped wherever it stands; a content
/// security policy forbids what would get through.
[[nodiscard]] QByteArray asHtml(const RunDocument &document);

} // namespace rollcall::probe
