#include <benchmark/benchmark.h>

#include "core/store/StoreFactory.h"

int main(int argc, char **argv)
{
    rollcall::store::ignoreDatabaseEnvironment();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
