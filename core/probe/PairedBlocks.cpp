#include "core/probe/PairedBlocks.h"

#include <algorithm>
#include <map>

namespace rollcall::probe {

std::vector<PairedBlock> pairBlocks(std::span<const Sample> a, std::span<const Sample> b, bool response)
{
    std::map<int, PairedBlock> byBlock;
    const auto time = [response](const Sample &sample) {
        return std::max<qint64>(1, response ? sample.responseNs() : sample.serviceNs());
    };
    for (const Sample &sample : a) {
        if (sample.outcome == Outcome::Ok)
            byBlock[sample.block].a.push_back(time(sample));
    }
    for (const Sample &sample : b) {
        if (sample.outcome == Outcome::Ok)
            byBlock[sample.block].b.push_back(time(sample));
    }
    std::vector<PairedBlock> pairs;
    for (auto &[block, pair] : byBlock) {
        if (!pair.a.empty() && !pair.b.empty())
            pairs.push_back(std::move(pair));
    }
    return pairs;
}

} // namespace rollcall::probe
