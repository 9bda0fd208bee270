using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests;

/// <summary>What the whole run has made goes away with it.</summary>
[SetUpFixture]
internal sealed class EndOfRun
{
    [OneTimeTearDown]
    public Task EndRunAsync() => PostgresDatabase.EndRunAsync();
}
