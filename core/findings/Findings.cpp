#include "core/findings/Findings.h"

#include <algorithm>

#include "core/findings/Collectors.h"

namespace rollcall::findings {

std::vector<Finding> findingsOf(const Survey &survey)
{
    std::vector<Finding> all;
    for (const auto collect :
         {tokenFindings, indexFindings, strategyFindings, pruneFindings, expiryFindings, rightsFindings})
        std::ranges::move(collect(survey), std::back_inserter(all));
    std::ranges::stable_sort(all, std::ranges::greater(), &Finding::weight);
    return all;
}

} // namespace rollcall::findings
