#include "core/probe/DrawnCells.h"

namespace rollcall::probe {

bool isDrawn(const RunDocument &document, const CellResult &cell)
{
    return cell.id.isPrimary() || document.cell({cell.id.route, cell.id.mode, cell.id.cache}) == nullptr;
}

} // namespace rollcall::probe
