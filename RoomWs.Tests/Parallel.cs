using NUnit.Framework;
using RoomWs.Tests.Support;

// Most fixtures wait for a server's disk or for another process, so there are more at a time than cores. What measures this process or the machine says
// NonParallelizable, and runs alone behind the others.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(6)]
[assembly: EndsInTime]
