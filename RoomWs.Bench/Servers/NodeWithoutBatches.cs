using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Bench.Load;
using RoomWs.Server.Configuration;
using RoomWs.Server.Hosting;
using RoomWs.Server.Hosting.Settings;

namespace RoomWs.Bench.Servers;

/// <summary>A server of RoomWs that commits each change by itself: what batches are worth is seen beside it. There is no setting for that.</summary>
internal static class NodeWithoutBatches
{
    /// <summary>Runs the server, with the settings of the environment, until standard input ends.</summary>
    public static async Task RunAsync()
    {
        var settings = SettingsLoader.Load(new SettingInputs(ConfigFile: null, Environment.GetEnvironmentVariables(), new Dictionary<Setting, IReadOnlyList<string>>()));
        if (settings.Problems is [var problem, ..]) throw new LoadException(problem);
        settings.Options.LargestBatch = 1;
        await using var server = await RoomWsServer.StartAsync(settings.Options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await Console.Out.WriteLineAsync("Listening on " + server.Url);
        await Console.In.ReadToEndAsync();
    }
}
