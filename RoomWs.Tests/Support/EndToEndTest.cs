using NUnit.Framework;
using RoomWs.Server.Configuration;

namespace RoomWs.Tests.Support;

/// <summary>A fixture whose every test has a server of its own, so that no test knows of another's rooms.</summary>
[EitherDatabase]
internal abstract class EndToEndTest
{
    protected TestServer Server { get; private set; } = null!;

    /// <summary>The server's clock; the real one unless a fixture needs to move it.</summary>
    protected virtual TimeProvider Time => TimeProvider.System;

    /// <summary>How many nodes it has on PostgreSQL. Null for as many as the run is for.</summary>
    protected virtual int? Nodes => null;

    [SetUp]
    public async Task StartServerAsync() => Server = await TestServer.StartAsync(Configure, Time, Nodes);

    [TearDown]
    public async Task StopServerAsync() => await Server.DisposeAsync();

    protected virtual void Configure(RoomWsOptions options)
    {
    }

    protected Task<TestClient> ConnectAsync(string userId) => TestClient.ConnectAsync(Server, userId);

    /// <summary>Starts anew with other limits; for tests of limits, before they connect.</summary>
    protected Task LimitAsync(Action<LimitOptions> limit) => Server.RestartAsync(options => limit(options.Limits));
}
